"""The handshake with a callback that is to be saved: done for real.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
"""

import secrets

import requests

from channels_app.simulator import calling
from channels_app.simulator.graph.refusals import Refusal

LONGEST_ANSWER = 1024
FAILED = "(#2200) Callback verification failed with the following errors: "


def shake(address: str, verify_token: str) -> None:
    """Raises `Refusal` where the callback does not echo the challenge, or is not called at all."""
    challenge = str(secrets.randbelow(10**10))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    try:
        status, echoed = calling.get(address, query, LONGEST_ANSWER)
    except calling.Elsewhere as exc:
        raise Refusal(2200, f"{FAILED}{exc}") from None
    except (requests.RequestException, OSError):
        raise Refusal(2200, f"{FAILED}curl_errno = 7; The callback URL could not be reached.") from None
    if status != requests.codes.ok:
        raise Refusal(2200, f"{FAILED}HTTP Status Code = {status}")
    if echoed != challenge.encode():
        raise Refusal(2200, f"{FAILED}The challenge was not echoed.")
