"""The handshake with a callback that is to be saved: done for real.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
"""

import secrets
from time import monotonic
from urllib.parse import urlsplit
from uuid import UUID

import requests

from channels_app.simulator import calling, wirelog
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.models import SimulatedNumber, Wire

LONGEST_ANSWER = 1024
FAILED = "(#2200) Callback verification failed with the following errors: "


def shake(address: str, verify_token: str, team_id: UUID | None = None, number: SimulatedNumber | None = None) -> None:
    """Raises `Refusal` where the callback does not echo the challenge, or is not called at all.

    It is in the wire log of `team_id`, where one is given.
    """
    challenge, began = str(secrets.randbelow(10**10)), monotonic()
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    status, echoed, remark = None, b"", ""
    try:
        status, echoed = calling.get(address, query, LONGEST_ANSWER)
    except calling.Elsewhere as exc:
        remark = str(exc)
    except (requests.RequestException, OSError):
        remark = "curl_errno = 7; The callback URL could not be reached."
    else:
        remark = _complaint(status, echoed, challenge)
    if team_id is not None:
        exchange = wirelog.Exchange(
            wire=Wire.WEBHOOK,
            method="GET",
            path=_path(address),
            query=query,
            status=status,
            received=echoed,
            remark=remark[:120],
            seconds=monotonic() - began,
        )
        wirelog.note(team_id, number, exchange)
    if remark:
        raise Refusal(2200, f"{FAILED}{remark}")


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return address


def _complaint(status: int, echoed: bytes, challenge: str) -> str:
    if status != requests.codes.ok:
        return f"HTTP Status Code = {status}"
    return "" if echoed == challenge.encode() else "The challenge was not echoed."
