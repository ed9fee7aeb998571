"""Links: addresses of files that nobody can guess, that lead to one file each, and that end.

A link is the file's id and its last second, sealed; who has it may see the file, and nothing else.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from struct import error, pack, unpack
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from channels_app import clock

SHORT = timedelta(minutes=5)
"""For a page, or a bot, that takes the file at once."""
LONG = timedelta(days=7)
"""For a message, whose reader may come back to it."""
SEAL = 16
_FORM = ">16sI"


class Expired(Exception):
    """The link was good once."""


def link(file_id: UUID | str, lives: timedelta = SHORT) -> str:
    """The address of a kept file, good for as long as it `lives`."""
    until = int((clock.now() + lives).timestamp())
    body = pack(_FORM, UUID(str(file_id)).bytes, until)
    token = urlsafe_b64encode(body + _seal(body)).decode().rstrip("=")
    return f"{settings.SITE_URL}{reverse('file', args=[token])}"


def opened(token: str) -> UUID | None:
    """The id of the file that `token` leads to; `None` where it is none of ours. Raises `Expired`."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        body, seal = raw[:-SEAL], raw[-SEAL:]
        file_id, until = unpack(_FORM, body)
    except (ValueError, error):
        return None
    if not hmac.compare_digest(seal, _seal(body)):
        return None
    if until < clock.now().timestamp():
        raise Expired
    return UUID(bytes=file_id)


def _seal(body: bytes) -> bytes:
    return salted_hmac("channels_app.media.links", body, algorithm="sha256").digest()[:SEAL]
