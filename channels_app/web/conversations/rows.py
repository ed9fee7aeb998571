"""Rows: the conversations of a page of the inbox, as they are drawn, looked up for all of them at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from django.db.models import OuterRef, Subquery

from channels_app import clock
from channels_app.models import Channel, Conversation, Direction, Look, Message, Team
from channels_app.web.conversations import finding, people, times
from channels_app.web.conversations.finding import PLAIN, Found
from channels_app.web.conversations.people import Person, person_of
from channels_app.web.conversations.summing import in_short
from channels_app.web.conversations.ticks import Tick, tick_of

AROUND_A_HIT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The last message, or the one in which the words were found, in a line."""

    text: str
    ours: bool
    type: str
    tick: Tick | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`waits` says that nobody has it yet; `taken_by` who has; `unread` that they wrote since this member looked."""

    id: UUID
    person: Person
    channel: str
    at: datetime | None
    preview: Preview | None
    window: times.Window
    waits: bool
    why: str
    taken_by: str
    failed: bool
    unread: bool
    stopped: bool
    blocked: bool
    sorted_at: str

    @property
    def digest(self) -> str:
        """Changes with whatever is seen of it."""
        return f"{crc32(repr(self).encode(errors='replace')):08x}"


def draw(team: Team, found: Found, user_id: Any) -> list[Row]:
    """The rows of a page, in four queries more, however long it is."""
    ids = [conversation.pk for conversation in found.conversations]
    last = _last(ids)
    hits = Message.objects.in_bulk([found.hits[pk] for pk in ids if pk in found.hits]) if found.hits else {}
    failing = set(finding.failed(team).filter(conversation__in=ids).values_list("conversation", flat=True))
    looks = dict(Look.objects.filter(user=user_id, conversation__in=ids).values_list("conversation", "seen"))
    now = clock.now()
    return [
        _row(
            conversation,
            hits.get(found.hits.get(conversation.pk)) or last.get(conversation.pk),
            now,
            failed=conversation.pk in failing,
            unread=_is_unread(conversation, last.get(conversation.pk), looks.get(conversation.pk)),
        )
        for conversation in found.conversations
    ]


def _row(conversation: Conversation, shown: Message | None, now: datetime, *, failed: bool, unread: bool) -> Row:
    participant, waits = conversation.participant, conversation.waiting_since is not None
    return Row(
        id=conversation.pk,
        person=person_of(participant),
        channel=str(conversation.channel),
        at=shown.created_at if shown else conversation.last_message_at,
        preview=_preview(shown) if shown else None,
        window=times.window_at(conversation.service_window_expires_at, now),
        waits=waits and conversation.taken_by is None,
        why=conversation.waiting_why if waits else "",
        taken_by=people.member(conversation.taken_by) if waits and conversation.taken_by else "",
        failed=failed,
        unread=unread,
        stopped=not participant.wants_messages,
        blocked=conversation.blocked_at is not None,
        sorted_at=str(conversation.last_message_at),
    )


def _preview(message: Message) -> Preview:
    return Preview(
        text=in_short(message), ours=message.direction == Direction.OUTBOUND, type=message.type, tick=tick_of(message)
    )


def _last(ids: Sequence[UUID]) -> dict[UUID, Message]:
    """The last message of each conversation, found in the index that each of them has its own stretch of."""
    newest = Message.objects.filter(conversation=OuterRef("pk")).exclude(type__in=PLAIN).order_by("-pk")
    rows = Conversation.objects.filter(pk__in=ids).annotate(last=Subquery(newest.values("pk")[:1]))
    wanted = [pk for pk in rows.values_list("last", flat=True) if pk]
    return {message.conversation_id: message for message in Message.objects.filter(pk__in=wanted)}


def _is_unread(conversation: Conversation, last: Message | None, seen: UUID | None) -> bool:
    """Whether they wrote last, and since this member looked: told of those that wait, and of those once looked at."""
    if last is None or last.direction != Direction.INBOUND:
        return False
    if seen is None:
        return conversation.waiting_since is not None
    return last.pk > seen


def note_look(user_id: Any, conversation_id: UUID, seen: UUID) -> None:
    """This member has read up to `seen`."""
    Look.objects.bulk_create(
        [Look(user_id=user_id, conversation_id=conversation_id, seen=seen)],
        update_conflicts=True,
        unique_fields=["user", "conversation"],
        update_fields=["seen"],
    )


def channels_of(team: Team) -> Collection[Channel]:
    """The channels that a conversation may be on, by name; of those that were deleted, none."""
    named = Channel.objects.for_team(team).only("name", "phone_number")
    return list(named.filter(deleted_at=None).order_by("name", "phone_number"))
