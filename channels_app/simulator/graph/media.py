"""Files: sent up by a number, looked up by their id, fetched from a link that soon expires, deleted.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import salted_hmac

from channels_app import clock
from channels_app.simulator import pruning
from channels_app.simulator.graph import media_types, refusals, refusals_of_messages
from channels_app.simulator.graph.access import Caller
from channels_app.simulator.models import SimulatedMedia, SimulatedNumber

SENT_UP_FOR, RECEIVED_FOR = timedelta(days=30), timedelta(days=7)
LINK_FOR = timedelta(minutes=5)
UNTOLD = "application/octet-stream"
"""What says nothing of a file."""
LOOKASIDE = "lookaside"
"""What stands in the place of the version in the address of a file."""

Json = Mapping[str, Any]


def upload(caller: Caller, body: Json, file: "UploadedFile[Any] | None") -> Json:
    """POST /{phone number id}/media. Raises `Refusal`."""
    number = caller.require_number("POST")
    if body.get("messaging_product") != "whatsapp":
        raise refusals.missing("messaging_product")
    if file is None:
        raise refusals.missing("file")
    mime_type = media_types.normal(str(body.get("type") or _declared(file)))
    kind = media_types.kind_of(mime_type)
    if kind is None:
        allowed = ", ".join(sorted({each for types in media_types.KINDS.values() for each in types}))
        raise refusals_of_messages.bad_media(f"Param file must be a file with one of the following types: {allowed}.")
    if _bare(_declared(file)) not in (_bare(mime_type), "", UNTOLD):
        raise refusals_of_messages.bad_media(f"The file was sent as {_declared(file)[:80]}, and type is {mime_type}.")
    head = file.read(media_types.HEAD)
    size = file.size or 0
    most = media_types.largest(kind, head)
    if not 0 < size <= most:
        raise refusals_of_messages.bad_media(f"The file has {size} bytes; of the kind {kind}, 1 to {most} are allowed.")
    if complaint := media_types.complaint(mime_type, head):
        raise refusals_of_messages.bad_media(complaint)
    return {"id": keep(number, file, mime_type, file.name or "", SENT_UP_FOR).media_id}


def keep(
    number: SimulatedNumber, file: "File[bytes]", mime_type: str, filename: str, lifetime: timedelta
) -> SimulatedMedia:
    """Keep a file of `number`'s for `lifetime`, whatever is in it."""
    _forget_expired()
    file.seek(0)
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    media = SimulatedMedia(
        number=number,
        media_id=str(secrets.randbelow(9 * 10**14) + 10**14),
        mime_type=mime_type[:150],
        sha256=digest.hexdigest(),
        size=file.size,
        filename=filename.replace("\0", "")[:255],
        expires_at=clock.now() + lifetime,
    )
    media.file.save(secrets.token_hex(16), file, save=True)
    return media


def lookup(media: SimulatedMedia, query: Mapping[str, str]) -> Json:
    """GET /{media id}: a link that is good for five minutes. Raises `Refusal`."""
    _require_number(media, query, "GET")
    return {
        "messaging_product": "whatsapp",
        "url": link(media),
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "file_size": str(media.size),
        "id": media.media_id,
    }


def delete(media: SimulatedMedia, query: Mapping[str, str]) -> Json:
    """DELETE /{media id}. Raises `Refusal`."""
    _require_number(media, query, "DELETE")
    pruning.forget(media)
    return {"success": True}


def link(media: SimulatedMedia) -> str:
    """Where the file can be fetched with its account's token, for five minutes."""
    until = int((clock.now() + LINK_FOR).timestamp())
    query = urlencode({"mid": media.media_id, "ext": until, "hash": _seal(media.media_id, str(until))})
    return f"{settings.SIMULATOR_GRAPH_URL}/{LOOKASIDE}/whatsapp_business/attachments/?{query}"


def linked(query: Mapping[str, str]) -> SimulatedMedia | None:
    """The file that a link leads to, if the link is one of ours and still good."""
    media_id, until = query.get("mid", ""), query.get("ext", "")
    if not hmac.compare_digest(_seal(media_id, until).encode(), query.get("hash", "").encode("utf-8", "replace")):
        return None
    if int(until) < clock.now().timestamp():
        return None
    return find(media_id)


def find(media_id: str) -> SimulatedMedia | None:
    """The file of this id, unless it has expired."""
    return SimulatedMedia.objects.filter(media_id=media_id, expires_at__gt=clock.now()).first()


def _require_number(media: SimulatedMedia, query: Mapping[str, str], method: str) -> None:
    if query.get("phone_number_id", media.number.phone_number_id) != media.number.phone_number_id:
        raise refusals.unknown_object(method, media.media_id)


def _bare(mime_type: str) -> str:
    return mime_type.partition(";")[0].strip().lower()


def _declared(file: "UploadedFile[Any]") -> str:
    """The content type of the part that carries the file, its parameters included."""
    extra = {name: _text(value) for name, value in (file.content_type_extra or {}).items()}
    return "; ".join([file.content_type or "", *(f"{name}={value}" for name, value in extra.items())])


def _text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def _seal(media_id: str, until: str) -> str:
    return salted_hmac("channels_app.simulator.media", f"{media_id}:{until}", algorithm="sha256").hexdigest()


def _forget_expired() -> None:
    for media in SimulatedMedia.objects.filter(expires_at__lte=clock.now())[:10]:
        pruning.forget(media)
