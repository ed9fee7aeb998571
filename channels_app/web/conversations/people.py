"""People: a participant as the team sees them, and a member of the team as the others do."""

from dataclasses import dataclass
from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _

from channels_app.gateways.meta import numbers
from channels_app.models import Participant
from channels_app.models.participant import FORMER

HUES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`name` is what they are called, `number` what they are reached by, in full; `hue` one of a few colours."""

    name: str
    number: str
    initial: str
    hue: int


def person_of(participant: Participant) -> Person:
    number = _number(participant)
    name = participant.name or (f"@{participant.username}" if participant.username else "") or number
    initial = next((char for char in name if char.isalnum()), "?") if participant.name else ""
    return Person(name=name, number=number, initial=initial.upper(), hue=crc32(participant.pk.bytes) % HUES)


def member(user: Any) -> str:
    """What a member of the team is called."""
    return str(user.get_short_name()) if user is not None else _("Somebody who left")


def _number(participant: Participant) -> str:
    wa_id = participant.wa_id or ""
    if wa_id.startswith(FORMER):
        return _("no number any more")
    if wa_id:
        return numbers.display(wa_id)
    return f"@{participant.username}" if participant.username else participant.user_id or ""
