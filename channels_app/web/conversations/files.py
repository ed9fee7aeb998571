"""Files: those of a message that are kept here, with links that show them and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels_app.models import Message
from channels_app.web.conversations import contents


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`kind` is how it is shown; `url` where it is, "" while it has not arrived. A link is another one each time."""

    kind: contents.Shown
    label: str
    size: int
    transcript: str
    url: str = field(repr=False, compare=False)


def files_of(message: Message) -> Sequence[File]:
    """The files of a message; one without an address where it holds one that is not kept here (yet)."""
    kind = contents.shown_as(message)
    if kind is None or contents.away_of(message) is not None:
        return ()
    return [_file(kind, message, kept) for kept in message.attachments or [{}]]


def _file(kind: contents.Shown, message: Message, kept: Mapping[str, Any]) -> File:
    return File(
        kind=kind,
        label=contents.label_of(message),
        size=int(kept.get("size") or 0),
        transcript=str(kept.get("transcript") or ""),
        url="",
    )
