"""Files: those of a message that are kept here, each with the address at which members are shown it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from channels_app.models import Message
from channels_app.web.conversations import contents


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`kind` is how it is shown; `id` is "" where it is not kept here, or not yet; `hint` says why."""

    kind: contents.Shown
    label: str
    size: int
    hint: str
    id: str


def files_of(message: Message) -> Sequence[File]:
    """The files of a message; one without an address where it holds one that is not kept here."""
    kind = contents.shown_as(message)
    if kind is None or contents.away_of(message) is not None:
        return ()
    return [_file(kind, message, kept) for kept in message.attachments or [{}]]


def _file(kind: contents.Shown, message: Message, kept: Mapping[str, Any]) -> File:
    is_kept = bool(kept.get("id") and kept.get("file"))
    return File(
        kind=_as_it_is(kind, str(kept.get("mime_type") or "")),
        label=contents.label_of(message),
        size=int(kept.get("size") or 0),
        hint="" if is_kept else _why(message, kept),
        id=str(kept["id"]) if is_kept else "",
    )


def _as_it_is(kind: contents.Shown, mime_type: str) -> contents.Shown:
    """A file that is not what it came as is a document: it is listed, and nothing tries to show or play it."""
    family = mime_type.partition("/")[0]
    shows = {"image": "image", "sticker": "image", "video": "video", "audio": "audio", "voice": "audio"}
    return "document" if family and kind in shows and family != shows[kind] else kind


def _why(message: Message, kept: Mapping[str, Any]) -> str:
    if kept.get("error"):
        return str(kept["error"])
    return _("It is being fetched from WhatsApp.") if message.content.get("media_id") and not kept else ""
