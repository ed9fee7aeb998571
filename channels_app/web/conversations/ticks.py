"""Ticks: how far a message of ours got, as people know it from their own phones."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels_app.models import Direction, Message, Status

Mark = Literal["", "clock", "pause", "one", "two", "read", "failed"]

MARKS: dict[str, tuple[Mark, str | Promise]] = {
    Status.PENDING: ("clock", _("waiting to be sent")),
    Status.HELD: ("pause", _("held")),
    Status.ACCEPTED: ("one", _("accepted by WhatsApp")),
    Status.SENT: ("one", _("sent")),
    Status.DELIVERED: ("two", _("delivered")),
    Status.READ: ("read", _("read")),
    Status.PLAYED: ("read", _("played")),
    Status.FAILED: ("failed", _("not delivered")),
    Status.EXPIRED: ("failed", _("not sent in time")),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """`status` is the message's own, `mark` how it is drawn, `words` what it means."""

    status: str
    mark: Mark
    words: str


def tick_of(message: Message) -> Tick | None:
    """The tick of a message of ours; theirs have none."""
    if message.direction != Direction.OUTBOUND:
        return None
    mark, words = MARKS[message.status]
    return Tick(message.status, mark, str(words))
