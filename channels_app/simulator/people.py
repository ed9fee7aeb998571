"""People with phones, who exist as soon as somebody writes to them, and what they have with each number."""

import secrets
from uuid import UUID

from django.db import IntegrityError, transaction

from channels_app.gateways.meta import numbers
from channels_app.simulator.models import SimulatedChat, SimulatedNumber, SimulatedPerson, SimulatedWebhook

FIRST_PERSON = 15550200001
SOMEBODY = "Thandi"


class Taken(Exception):
    """A phone number that somebody has; says who."""


def behind(team_id: UUID, digits: str) -> SimulatedPerson:
    """Whoever has the phone number `digits`; nobody has seen them yet where that `is_known` to be so."""
    found: SimulatedPerson | None = SimulatedPerson.objects.filter(team=team_id, digits=digits).first()
    return found or _new(team_id, numbers.display(digits), digits)


def is_known(person: SimulatedPerson) -> bool:
    """Whether `person` has been kept."""
    return not person._state.adding


def kept(person: SimulatedPerson) -> SimulatedPerson:
    """`person`, who is in the list of people from now on, if they were not."""
    return person if is_known(person) else _saved(person)


def somebody(team_id: UUID) -> SimulatedPerson:
    """One person to begin with."""
    first = SimulatedPerson.objects.filter(team=team_id).first()
    return first or add(team_id, SOMEBODY, free_number(team_id))


def add(team_id: UUID, name: str, digits: str, *, hidden_number: bool = False) -> SimulatedPerson:
    """A person of this name and phone number; the one who has that number already keeps their name."""
    return _saved(_new(team_id, name, digits, hidden_number=hidden_number))


def introduce(team_id: UUID, name: str, digits: str, *, hidden_number: bool) -> SimulatedPerson:
    """A person of this name, with any number where `digits` is empty. Raises `Taken` where it is somebody else's.

    Whoever was only known by that number gets the name.
    """
    alike = SimulatedPerson.objects.filter(team=team_id, digits=digits)
    known: SimulatedPerson | None = alike.first() if digits else None
    if known is None:
        return add(team_id, name, digits or free_number(team_id), hidden_number=hidden_number)
    if known.name not in (name, numbers.display(digits)):
        raise Taken(f"{numbers.display(digits)} is the number of {known.name} already.")
    known.name, known.hidden_number = name, hidden_number
    known.save(update_fields=["name", "hidden_number"])
    return known


def remove(person: SimulatedPerson) -> None:
    """Nobody has their phone any more, and what they were going to say stays unsaid."""
    with transaction.atomic():
        SimulatedWebhook.objects.filter(chat__person=person).delete()
        person.delete()


def free_number(team_id: UUID) -> str:
    """A phone number that nobody of this team's people has."""
    taken = set(SimulatedPerson.objects.filter(team=team_id).values_list("digits", flat=True))
    return next(digits for number in range(len(taken) + 1) if (digits := str(FIRST_PERSON + number)) not in taken)


def chat(number: SimulatedNumber, person: SimulatedPerson) -> SimulatedChat:
    """What the two have between them, its `number` and `person` at hand."""
    found, _ = SimulatedChat.objects.select_related("number__account", "person").get_or_create(
        number=number, person=person
    )
    return found


def hold(chat: SimulatedChat) -> None:
    """Hold on to `chat` until the transaction ends, so that what is written in it stands in one order for all."""
    held = SimulatedChat.objects.select_for_update().get(pk=chat.pk)
    chat.wrote_at, chat.typing_until, chat.lag = held.wrote_at, held.typing_until, held.lag
    chat.reads_at_once = held.reads_at_once


def _new(team_id: UUID, name: str, digits: str, *, hidden_number: bool = False) -> SimulatedPerson:
    return SimulatedPerson(
        team_id=team_id, name=name, digits=digits, user_id=_new_user_id(), hidden_number=hidden_number
    )


def _saved(new: SimulatedPerson) -> SimulatedPerson:
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError:
        return SimulatedPerson.objects.get(team=new.team_id, digits=new.digits)
    return new


def _new_user_id() -> str:
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids"""
    return f"US.{secrets.randbelow(9 * 10**14) + 10**14}"
