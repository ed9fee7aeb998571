"""Receiving: kept events become messages of a conversation, whoever they are from and whatever they hold."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, QuerySet

from channels_app import clock, conversations, identity, mailboxes, pulses, watch, window
from channels_app.conversations import Arrival
from channels_app.inbound.amending import amend
from channels_app.inbound.readings import Reading, message_of, read
from channels_app.mailboxes import Mailbox
from channels_app.media import fetching
from channels_app.messages import Address, Contacts, Edit, Revocation, SystemNote
from channels_app.models import Channel, Conversation, EventState, Fetch, InboundEvent, Message, Status, known
from channels_app.models.holding import DATABASE_TROUBLE, held
from channels_app.models.together import Write, inserting, updating, write

log = structlog.get_logger(__name__)

AT_ONCE = 50
TRIES = 3
BROKE = "It broke what reads it."
LONGEST_READING = 20.0
"""Seconds for what takes milliseconds, after which a worker that keeps watch ends."""


@dataclass(slots=True)
class Opened:
    """A mailbox that was empty, and that was taken with what came into it."""

    mailbox: Mailbox
    conversation: Conversation
    messages: list[Message]


@dataclass(slots=True)
class Received:
    """How many events were received; one of the mailboxes they came into, taken; whether others are due, and files."""

    count: int = 0
    opened: Opened | None = None
    others_due: bool = False
    files_due: bool = False


@dataclass(slots=True)
class _Mail:
    """What came into one conversation."""

    conversation: Conversation
    readings: list[Reading] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)


def receive(limit: int = AT_ONCE) -> Received:
    """Turn up to `limit` waiting events into messages, each in the mailbox it belongs to.

    Mail is received in the order it came: one thread of a process receives at a time, and processes wait for each
    other. A second thread waits for its turn, and whoever comes then may go, for that one will find their mail.
    Events that break this are then tried one by one, and set aside after `TRIES`.
    """
    if not _next_in_line.acquire(blocking=False):
        return Received()
    with _at_the_desk:
        _next_in_line.release()
        return _receive_all(limit)


_at_the_desk, _next_in_line = Lock(), Lock()
_is_careful = False


def be_careful() -> None:
    """Try what waits first one by one: perhaps it ended the worker before us, who could not say so."""
    global _is_careful
    _is_careful = True


def _receive_all(limit: int) -> Received:
    global _is_careful
    if _is_careful:
        received = _receive_each(limit)
        _is_careful = False
        return received
    try:
        return _receive(_waiting()[:limit])
    except DATABASE_TROUBLE:
        raise
    except Exception:
        log.exception("receiving_failed")
        return _receive_each(limit)


def _receive_each(limit: int) -> Received:
    count = sum(_receive_alone(pk) for pk in _waiting().values_list("pk", flat=True)[:limit])
    return Received(count, others_due=count > 0)


def are_waiting() -> bool:
    return _waiting().exists()


def _waiting() -> QuerySet[InboundEvent]:
    return InboundEvent.objects.filter(state=EventState.WAITING, kind="message").order_by("id")


def _receive_alone(pk: int) -> int:
    """What was tried often enough is not read any more, but kept as a message that could not be."""
    event = InboundEvent.objects.filter(pk=pk)
    if not event.filter(tries__gte=TRIES).update(reason=BROKE):
        event.update(tries=F("tries") + 1)
    try:
        received = _receive(_waiting().filter(pk=pk))
    except DATABASE_TROUBLE:
        raise
    except Exception:
        log.exception("event_not_received", event_id=pk)
        event.filter(reason=BROKE).update(state=EventState.POISONED)
        return 0
    if received.opened:
        mailboxes.give_back(received.opened.mailbox, clock.now())
    return received.count


def _receive(waiting: QuerySet[InboundEvent]) -> Received:
    with transaction.atomic():
        events = list(held(waiting))
        if not events:
            return Received()
        channels = known.channels({event.channel_id for event in events if event.channel_id})
        with watch.step("receiving", LONGEST_READING):
            readings = [read(event, channels[event.channel_id]) for event in events if event.channel_id in channels]
        _move_people(readings)
        mail = _sort(readings)
        received = _store(events, readings, mail)
        amend(readings)
        _set_aside_homeless(events, channels)
    pulses.messages_came({reading.channel.pk for reading in readings})
    if received.opened:
        mailboxes.started(received.opened.mailbox)
    return received


def _set_aside_homeless(events: Sequence[InboundEvent], channels: Mapping[UUID, Channel]) -> None:
    """Messages whose channel is not there are nobody's: kept, and out of everybody's way."""
    homeless = [event.pk for event in events if event.channel_id not in channels]
    if homeless:
        reason = "Its channel is not there"
        InboundEvent.objects.filter(pk__in=homeless).update(state=EventState.UNPARSED, reason=reason)


def _move_people(readings: Sequence[Reading]) -> None:
    for reading in readings:
        if isinstance(reading.said, SystemNote) and reading.said.now:
            note = reading.said
            identity.move(reading.channel.provider, note.before, note.now, note.origin.sent_at)


def _sort(readings: Sequence[Reading]) -> list[_Mail]:
    """Find the conversation of each reading that has one; gives what came into each, in the order of their ids."""
    ours = [reading for reading in readings if reading.address]
    if not ours:
        return []
    arrivals = [_arrival(reading) for reading in ours]
    mail: dict[object, _Mail] = {}
    for reading, arrival, found in zip(ours, arrivals, conversations.find_or_make(arrivals), strict=True):
        reading.conversation = found
        sorted_in = mail.setdefault(found.pk, _Mail(found))
        sorted_in.readings.append(reading)
        sorted_in.arrivals.append(arrival)
    return [mail[pk] for pk in sorted(mail, key=str)]


def _arrival(reading: Reading) -> Arrival:
    sent_at, said = reading.event.sent_at, reading.said
    theirs = sent_at is not None and not isinstance(said, SystemNote)
    return Arrival(
        channel=reading.channel,
        address=_address(reading),
        name=said.origin.name if said else "",
        username=said.origin.username if said else "",
        at=sent_at or reading.event.received_at,
        opens_until=window.after(sent_at, clock.now()) if theirs and sent_at else None,
        due_at=_due(reading.channel) if reading.status == Status.RECEIVED else None,
    )


def _address(reading: Reading) -> Address:
    """The sender; a number that they gave when they were asked for it is theirs, too."""
    said, address = reading.said, reading.address
    if isinstance(said, Contacts) and said.requested and not address.wa_id:
        given = [wa_id for card in said.cards for wa_id in card.wa_ids if wa_id.isdecimal()]
        return replace(address, wa_id=given[0] if given else None)
    return address


def _due(channel: Channel) -> datetime:
    return clock.now() + timedelta(seconds=channel.debounce)


def _store(events: Sequence[InboundEvent], readings: Sequence[Reading], mail: Sequence[_Mail]) -> Received:
    """Write all of it down: messages in Meta's order, what it means for their conversations, and events as done."""
    listed = sorted((r for r in readings if r.event.external_id), key=_when)
    messages = {reading.event.pk: message_of(reading) for reading in listed}
    received = Received(len(events))
    writes: list[Write] = []
    for each in mail:
        taken = None if received.opened or not _wants_an_answer(each) else mailboxes.take(each.conversation)
        if taken:
            theirs = [messages[r.event.pk] for r in sorted(each.readings, key=_when) if r.status == Status.RECEIVED]
            each.conversation.channel = each.readings[0].channel
            received.opened = Opened(taken[0], each.conversation, theirs)
        elif any(arrival.due_at for arrival in each.arrivals):
            received.others_due = True
        writes.append(conversations.noting(each.conversation, each.arrivals, taken[1] if taken else {}))
        if taken:
            taken[0].bell = each.conversation.bell
    fresh = [messages[reading.event.pk] for reading in listed if not reading.event.replaced]
    fetches = fetching.wanted(fresh)
    received.files_due = bool(fetches)
    write([*writes, *inserting(fresh), *inserting(fetches), *_settled(readings)])
    for reading in listed:
        if reading.event.replaced:
            _replace(reading, messages[reading.event.pk])
    return received


def _wants_an_answer(mail: _Mail) -> bool:
    """Whether the mailbox may be opened with just what came now: nothing to gather, nothing replaced or amended."""
    asking = [reading for reading in mail.readings if reading.status == Status.RECEIVED]
    amended = any(isinstance(reading.said, Edit | Revocation) for reading in mail.readings)
    return bool(asking) and not amended and not any(r.event.replaced or r.channel.debounce for r in mail.readings)


def _when(reading: Reading) -> tuple[datetime, int]:
    return reading.event.sent_at or reading.event.received_at, reading.event.pk


def _settled(readings: Sequence[Reading]) -> list[Write]:
    by_reason: dict[str | None, list[int]] = defaultdict(list)
    for reading in readings:
        by_reason[None if reading.said else reading.reason[:255]].append(reading.event.pk)
    return [
        updating(InboundEvent.objects.filter(pk__in=ids), state=EventState.DONE)
        if reason is None
        else updating(InboundEvent.objects.filter(pk__in=ids), state=_aside(reason), reason=reason)
        for reason, ids in by_reason.items()
    ]


def _aside(reason: str) -> EventState:
    return EventState.POISONED if reason == BROKE else EventState.UNPARSED


def _replace(reading: Reading, message: Message) -> None:
    """The content of a message that was there as a placeholder: the same row says it now."""
    names = ("conversation", "type", "text", "content", "status", "quoted", "error", "sent_at")
    content = {name: getattr(message, name) for name in names}
    if not Message.objects.filter(event=reading.event).update(**content):
        message.save(force_insert=True)
    replaced = Message.objects.filter(event=reading.event)
    Fetch.objects.bulk_create(fetching.wanted(list(replaced)), ignore_conflicts=True)
