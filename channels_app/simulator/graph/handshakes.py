"""The handshake with a callback that is to be saved: done for real, but only ever with this installation's own webhook.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
"""

import secrets
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings

from channels_app.simulator.graph.refusals import Refusal

PATIENCE = 10.0
"""Seconds that the callback has to answer."""
LONGEST_ANSWER = 1024
FAILED = "(#2200) Callback verification failed with the following errors: "


def shake(address: str, verify_token: str) -> None:
    """Raises `Refusal` where the callback does not echo the challenge."""
    near = _near(address)
    challenge = str(secrets.randbelow(10**10))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.get(near, params=query, timeout=PATIENCE, allow_redirects=False, stream=True) as answer:
                status, echoed = answer.status_code, answer.raw.read(LONGEST_ANSWER, decode_content=True)
    except (requests.RequestException, OSError):
        raise Refusal(2200, f"{FAILED}curl_errno = 7; The callback URL could not be reached.") from None
    if status != requests.codes.ok:
        raise Refusal(2200, f"{FAILED}HTTP Status Code = {status}")
    if echoed != challenge.encode():
        raise Refusal(2200, f"{FAILED}The challenge was not echoed.")


def _near(address: str) -> str:
    """`address` as it is reached from here. Raises `Refusal` where it leads out of this installation."""
    own = urlsplit(settings.SIMULATOR_WEBHOOK_URL)
    try:
        asked = urlsplit(address)
        is_ours = _origin(asked) in (_origin(own), _origin(urlsplit(settings.SITE_URL)))
    except ValueError:
        is_ours = False
    if not is_ours:
        words = "The simulator calls nobody but its own installation."
        raise Refusal(2200, f"{FAILED}{words}")
    return asked._replace(scheme=own.scheme, netloc=own.netloc, fragment="").geturl()


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or default
