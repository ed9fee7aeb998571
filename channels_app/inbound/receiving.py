"""Receiving: kept events become messages of a conversation, whoever they are from and whatever they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from channels_app import clock, conversations, identity, mailboxes, pulses, watch, window
from channels_app.claiming import Hands, Share, everything
from channels_app.conversations import Arrival
from channels_app.inbound import waiting
from channels_app.inbound.amending import amend
from channels_app.inbound.readings import Reading, read
from channels_app.inbound.storing import BROKE, Mail, Received, store
from channels_app.messages import Address, Contacts, SystemNote
from channels_app.models import (
    Channel,
    EventState,
    InboundEvent,
    Status,
    known,
    timekeeping,
)
from channels_app.models.holding import DATABASE_TROUBLE, held

log = structlog.get_logger(__name__)

AT_ONCE = 100
TRIES = 3
LONGEST_READING = 20.0
"""Seconds for what takes milliseconds, after which a worker that keeps watch ends."""


def receive(limit: int = AT_ONCE, hands: int = AT_ONCE, share: Share = everything) -> Received:
    """Turn about `limit` waiting events into messages, each in the mailbox it belongs to.

    Channels take turns; the mail of each is received in the order it came, for processes wait for each other. Up to
    `hands` mailboxes in which nothing else waits are taken at once, of each channel up to its `share`.
    Events that break this are then tried one by one, and set aside after `TRIES`.
    """
    timekeeping.keep()
    ids, more = waiting.first(limit)
    if not ids:
        return Received(more=more)
    received = _receive_all(ids, hands, share)
    received.more = more
    return received


_is_careful = False


def be_careful() -> None:
    """Try what waits first one by one: perhaps it ended the worker before us, who could not say so."""
    global _is_careful
    _is_careful = True


def _receive_all(ids: Sequence[int], hands: int, share: Share) -> Received:
    global _is_careful
    if _is_careful:
        received = _receive_each(ids)
        _is_careful = False
        return received
    try:
        return _receive(ids, hands, share)
    except DATABASE_TROUBLE:
        raise
    except Exception:
        log.exception("receiving_failed")
        return _receive_each(ids)


def _receive_each(ids: Sequence[int]) -> Received:
    return Received(sum(map(_receive_alone, ids)))


def _receive_alone(pk: int) -> int:
    """What was tried often enough is not read any more, but kept as a message that could not be."""
    event = InboundEvent.objects.filter(pk=pk)
    if not event.filter(tries__gte=TRIES).update(reason=BROKE):
        event.update(tries=F("tries") + 1)
    try:
        return _receive([pk]).count
    except DATABASE_TROUBLE:
        raise
    except Exception:
        log.exception("event_not_received", event_id=pk)
        event.filter(reason=BROKE).update(state=EventState.POISONED)
        return 0


def _receive(ids: Sequence[int], hands: int = 0, share: Share = everything) -> Received:
    with transaction.atomic():
        events = list(held(waiting.events().filter(pk__in=ids)))
        if not events:
            return Received()
        channels = known.channels({event.channel_id for event in events if event.channel_id})
        with watch.step("receiving", LONGEST_READING):
            readings = [read(event, channels[event.channel_id]) for event in events if event.channel_id in channels]
        _move_people(readings)
        mail = _sort(readings)
        received = store(events, readings, mail, Hands(hands, share))
        amend(readings)
        _set_aside_homeless(events, channels)
    pulses.messages_came({reading.channel.pk for reading in readings})
    mailboxes.started(queue.mailbox for queue in received.opened)
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


def _sort(readings: Sequence[Reading]) -> list[Mail]:
    """Find the conversation of each reading that has one; gives what came into each, in the order of their ids."""
    ours = [reading for reading in readings if reading.address]
    if not ours:
        return []
    arrivals = [_arrival(reading) for reading in ours]
    mail: dict[object, Mail] = {}
    for reading, arrival, found in zip(ours, arrivals, conversations.find_or_make(arrivals), strict=True):
        reading.conversation = found
        sorted_in = mail.setdefault(found.pk, Mail(found))
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
