"""Calling: how our Meta reaches a callback, for the handshake and for webhooks.

Whoever may call our Graph names callbacks. So that they do not have us call what they cannot reach themselves, only
this installation is called and, where it stands on somebody's own machine, whatever else listens there.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings

from channels_app.simulator import callbacks

PATIENCE = 10.0
"""Seconds that a callback has to answer."""


class Elsewhere(Exception):
    """A callback that the simulator does not call; says why."""


def get(address: str, query: Mapping[str, str], longest: int) -> tuple[int, bytes]:
    """The status and the first `longest` bytes of the answer. Raises `Elsewhere`, `RequestException` and OSError."""
    with _session.get(near(address), params=query, timeout=PATIENCE, allow_redirects=False, stream=True) as answer:
        return answer.status_code, answer.raw.read(longest, decode_content=True)


def post(address: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The status and the bytes of the answer. Raises `Elsewhere` and `RequestException`."""
    near_by, sent = near(address), dict(headers)
    with _session.post(near_by, data=body, headers=sent, timeout=PATIENCE, allow_redirects=False) as answer:
        return answer.status_code, answer.content


def near(address: str) -> str:
    """`address` as it is reached from here. Raises `Elsewhere`."""
    if address == callbacks.own_address():
        return str(settings.SIMULATOR_WEBHOOK_URL)
    own, site = urlsplit(settings.SIMULATOR_WEBHOOK_URL), urlsplit(settings.SITE_URL)
    try:
        asked = urlsplit(address)
        origin = _origin(asked)
    except ValueError:
        raise Elsewhere("That is no address.") from None
    if origin in (_origin(own), _origin(site)):
        return asked._replace(scheme=own.scheme, netloc=own.netloc, fragment="").geturl()
    if not _is_this_machine(site):
        raise Elsewhere(f"The simulator calls nobody but its own installation, {settings.SITE_URL}/.")
    if asked.scheme not in ("http", "https") or not _is_this_machine(asked):
        raise Elsewhere(f"The simulator calls nobody but its own machine: 127.0.0.1, and {settings.SITE_URL}/.")
    return asked._replace(fragment="").geturl()


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or default


def _is_this_machine(parts: SplitResult) -> bool:
    """By its literal address alone: what a name leads to is for others to say, and may change."""
    host = parts.hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


_session = requests.Session()
_session.trust_env = False
