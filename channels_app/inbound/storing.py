"""Storing: what was read of events is written down at once, in Meta's order, with all that follows from it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from channels_app import conversations, mailboxes
from channels_app.claiming import Hands
from channels_app.conversations import Arrival
from channels_app.inbound.readings import Reading, message_of
from channels_app.mailboxes import Mailbox
from channels_app.media import fetching
from channels_app.messages import Edit, Revocation
from channels_app.models import (
    Conversation,
    EventState,
    Fetch,
    InboundEvent,
    Message,
    Status,
)
from channels_app.models.together import Write, changing, inserting, write
from channels_app.outbound.queue import Queue
from channels_app.phrases import marked as _

BROKE = _("It broke what reads it.")


@dataclass(slots=True)
class Received:
    """How many events were received, whether there may be more, and the mailboxes they came into that were taken.

    `files` says that some of them hold files, which are to be fetched.
    """

    count: int = 0
    more: bool = False
    files: bool = False
    opened: list[Queue] = field(default_factory=list)


@dataclass(slots=True)
class Mail:
    """What came into one conversation."""

    conversation: Conversation
    readings: list[Reading] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)


def store(events: Sequence[InboundEvent], readings: Sequence[Reading], mail: Sequence[Mail], hands: Hands) -> Received:
    """Write all of it down: messages in Meta's order, what it means for their conversations, and events as done."""
    listed = sorted((r for r in readings if r.event.external_id), key=_when)
    messages = {reading.event.pk: message_of(reading) for reading in listed}
    received = Received(len(events))
    for each in mail:
        mine = _taken(each, hands)
        conversations.note(each.conversation, each.arrivals)
        if mine:
            mine.bell = each.conversation.bell
            theirs = [messages[r.event.pk] for r in sorted(each.readings, key=_when) if r.status == Status.RECEIVED]
            each.conversation.channel = each.readings[0].channel
            received.opened.append(Queue(mailbox=mine, conversation=each.conversation, theirs=theirs))
    fresh = [messages[reading.event.pk] for reading in listed if not reading.event.replaced]
    fetches = fetching.wanted(fresh)
    received.files = bool(fetches)
    noted = conversations.noting(each.conversation for each in mail)
    write([*noted, *inserting(fresh), *inserting(fetches), *_settled(readings)])
    for reading in listed:
        if reading.event.replaced:
            _replace(reading, messages[reading.event.pk])
    return received


def _taken(mail: Mail, hands: Hands) -> Mailbox | None:
    """Take the mailbox with just what came now: not where that is to be gathered, or replaces or amends something."""
    asking = [reading for reading in mail.readings if reading.status == Status.RECEIVED]
    if not asking or any(r.event.replaced or r.channel.debounce for r in mail.readings):
        return None
    if any(isinstance(reading.said, Edit | Revocation) for reading in mail.readings):
        return None
    if not mailboxes.may_be_taken(mail.conversation) or not hands.take(asking[0].channel.pk):
        return None
    return mailboxes.take(mail.conversation)


def _when(reading: Reading) -> tuple[datetime, int]:
    return reading.event.sent_at or reading.event.received_at, reading.event.pk


def _settled(readings: Sequence[Reading]) -> list[Write]:
    by_reason: dict[str | None, list[object]] = defaultdict(list)
    for reading in readings:
        by_reason[None if reading.said else reading.reason[:255]].append(reading.event.pk)
    return [
        changing(InboundEvent, {"pk": ids}, state=EventState.DONE)
        if reason is None
        else changing(InboundEvent, {"pk": ids}, state=_aside(reason), reason=reason)
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
