"""Finding: which conversations of a team are looked for, and where in the list one is.

A team's names and numbers are all looked through. Its messages are looked through newest first, `AT_ONCE` of them, and
further back when asked: that costs the same however many there are, and needs no index that each message pays for.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from channels_app import clock
from channels_app.models import ENDED, Conversation, Message, Participant, Team
from channels_app.outbound.again import PUT_AWAY, SENT_AGAIN

PAGE = 25
AT_ONCE = 10_000
MOST_FOUND = 300
LEAST_DIGITS = 3
FAILED_WITHIN = timedelta(days=30)
PLAIN = ("reaction", "edit", "revoke")
"""Types of messages that are marks on others, and have no bubble of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for: `words` in names, numbers and messages, one channel, or one kind of conversation.

    `before` is the message before which the words are looked for, where the newer ones were looked through.
    """

    words: str = ""
    channel: UUID | None = None
    show: str = ""
    user_id: Any = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of the list ends: what comes after was last written to earlier."""

    at: datetime
    pk: UUID

    def __str__(self) -> str:
        return f"{int(self.at.timestamp() * 1_000_000):x}-{self.pk.hex}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The cursor that was written so; `None` where there was none."""
        moment, _, pk = text.partition("-")
        try:
            return cls(clock.EPOCH + timedelta(microseconds=int(moment, 16)), UUID(pk))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of conversations. `hits` are the messages with the words in them, by conversation; `looked_back_to` is
    where looking for them ended, where there are older messages."""

    conversations: list[Conversation]
    after: Cursor | None
    hits: dict[UUID, UUID] = field(default_factory=dict)
    looked_back_to: UUID | None = None


def find(team: Team, wanted: Wanted, cursor: Cursor | None = None) -> Found:
    """The page of the list behind `cursor`: those that were last written to, first."""
    rows = _narrowed(team, wanted)
    hits: dict[UUID, UUID] = {}
    looked_back_to = None
    if wanted.words:
        hits, looked_back_to = _hits(team, wanted)
        rows = rows.filter(Q(pk__in=hits.keys()) | Q(participant__in=_people(team, wanted.words)))
    if cursor is not None:
        rows = rows.filter(last_message_at__lte=cursor.at).exclude(last_message_at=cursor.at, pk__gte=cursor.pk)
    ordered = rows.select_related("participant", "channel", "taken_by").order_by("-last_message_at", "-pk")
    page = list(ordered[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    after = Cursor(last.last_message_at, last.pk) if last and last.last_message_at else None
    return Found(page[:PAGE], after, hits, looked_back_to)


def failed(team: Team) -> QuerySet[Message]:
    """What failed within the last weeks, neither sent again nor put away. Read from an index of failures alone."""
    since = clock.uuid7_at(clock.now() - FAILED_WITHIN)
    ended = Message.objects.for_team(team).filter(status__in=ENDED, pk__gte=since)
    return ended.exclude(content__has_any_keys=[SENT_AGAIN, PUT_AWAY])


def _narrowed(team: Team, wanted: Wanted) -> QuerySet[Conversation]:
    rows: QuerySet[Conversation] = Conversation.objects.for_team(team).filter(last_message_at__isnull=False)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    match wanted.show:
        case "open":
            rows = rows.filter(service_window_expires_at__gt=clock.now())
        case "failed":
            rows = rows.filter(Exists(failed(team).filter(conversation=OuterRef("pk"))))
        case "waiting":
            rows = rows.filter(waiting_since__isnull=False, taken_by=None)
        case "mine":
            rows = rows.filter(waiting_since__isnull=False, taken_by=wanted.user_id)
    return rows


def _people(team: Team, words: str) -> QuerySet[Participant]:
    """Whoever has the words in their name, or the digits in their number."""
    named = Q(name__icontains=words) | Q(username__icontains=words.removeprefix("@"))
    digits = "".join(filter(str.isdecimal, words))
    is_number = not any(map(str.isalpha, words)) and len(digits) >= LEAST_DIGITS
    if is_number:
        named |= Q(wa_id__contains=digits.removeprefix("00").removeprefix("0"))
    people: QuerySet[Participant] = Participant.objects.for_team(team)
    return people.filter(named)


def _hits(team: Team, wanted: Wanted) -> tuple[dict[UUID, UUID], UUID | None]:
    """The newest message with the words in each conversation, and the last message that was looked at."""
    messages: QuerySet[Message] = Message.objects.for_team(team).order_by("-pk")
    if wanted.before:
        messages = messages.filter(pk__lt=wanted.before)
    last = messages.values_list("pk", flat=True)[AT_ONCE - 1 : AT_ONCE].first()
    if last:
        messages = messages.filter(pk__gte=last)
    rows = messages.filter(text__icontains=wanted.words).exclude(type__in=PLAIN)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    found: dict[UUID, UUID] = {}
    for conversation_id, pk in rows.exclude(conversation=None).values_list("conversation", "pk")[:MOST_FOUND]:
        found.setdefault(conversation_id, pk)
    return found, last
