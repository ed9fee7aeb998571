"""Counting: what passed on certain days, read from the messages."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Min, Q, QuerySet, RowRange, When, Window
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate

from channels_app import clock
from channels_app.figures import spans
from channels_app.figures.counts import Counts, Day
from channels_app.models import ENDED, Direction, Message, Status, Team
from channels_app.told import told

SETTLES_WITHIN = timedelta(days=2)
"""After the end of a day; what comes later for one of its messages, a status or an answer, is not waited for."""
MADE_WITHIN = timedelta(minutes=1)
"""A message's id and its moment are made one after the other."""
REACHED = (Status.DELIVERED, Status.READ, Status.PLAYED)
SEEN = (Status.READ, Status.PLAYED)
UNSENT = (Status.PENDING, Status.HELD, *ENDED)
MOST_REASONS = 8


@dataclass(frozen=True, slots=True)
class Reason:
    """Why messages failed, and how many did."""

    code: int
    title: str
    count: int


def counted(team: Team, first: date, last: date) -> dict[date, Day]:
    """The figures of each day from `first` to `last`, in two queries."""
    days = [first + timedelta(days=after) for after in range((last - first).days + 1)]
    begin, end = midnight(first), midnight(last + timedelta(days=1))
    taken = _spans(_made(team, begin, end + SETTLES_WITHIN), begin, end)
    found: dict[date, Day] = {day: {} for day in days}
    for row in _numbers(_made(team, begin, end).filter(created_at__gte=begin, created_at__lt=end)):
        day, channel = row.pop("day"), row.pop("channel")
        found[day][channel.hex] = Counts(**row, spans=tuple(taken[day, channel]))
    return found


def reasons(team: Team, first: date, channels: Collection[UUID] = ()) -> list[Reason]:
    """Why messages failed since `first`, the most frequent reasons first."""
    failed = Message.objects.for_team(team).filter(status__in=ENDED, pk__gte=clock.uuid7_at(midnight(first)))
    if channels:
        failed = failed.filter(channel__in=channels)
    by_reason = failed.order_by().annotate(code=KT("error__code"), title=KT("error__title")).values("code", "title")
    found = by_reason.annotate(count=Count("pk")).order_by("-count", "title")[:MOST_REASONS]
    return [Reason(int(row["code"] or 0), told(row["title"] or ""), row["count"]) for row in found]


def first_day(team: Team) -> date | None:
    """The day of the team's oldest message."""
    oldest = Message.objects.for_team(team).order_by("pk").values_list("created_at", flat=True).first()
    return oldest.date() if oldest else None


def midnight(day: date) -> datetime:
    """When the day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _made(team: Team, begin: datetime, end: datetime) -> QuerySet[Message]:
    """The messages of about that time, by an index."""
    ids = clock.uuid7_at(begin - MADE_WITHIN), clock.uuid7_at(end + MADE_WITHIN)
    return Message.objects.for_team(team).filter(pk__gte=ids[0], pk__lt=ids[1]).order_by()


def _numbers(rows: QuerySet[Message]) -> Iterable[dict[str, Any]]:
    ours = Q(direction=Direction.OUTBOUND)
    by_day = rows.annotate(day=TruncDate("created_at", tzinfo=UTC)).values("day", "channel")
    found = by_day.annotate(
        inbound=Count("pk", filter=Q(direction=Direction.INBOUND)),
        outbound=Count("pk", filter=ours & ~Q(status__in=UNSENT)),
        delivered=Count("pk", filter=ours & Q(status__in=REACHED)),
        read=Count("pk", filter=ours & Q(status__in=SEEN)),
        failed=Count("pk", filter=ours & Q(status__in=ENDED)),
    )
    return [dict(row) for row in found]


def _spans(rows: QuerySet[Message], begin: datetime, end: datetime) -> defaultdict[tuple[date, UUID], list[int]]:
    """How long it took from each message of theirs that was answered until the first one of ours behind it had gone."""
    gone = Window(
        Min(Case(When(direction=Direction.OUTBOUND, then="sent_at"))),  # SQLite forgets filters of windows
        partition_by=F("conversation"),
        order_by=F("pk").asc(),
        frame=RowRange(start=0, end=None),
    )
    is_asked = Q(direction=Direction.INBOUND, status=Status.ANSWERED, created_at__gte=begin, created_at__lt=end)
    answered = rows.annotate(gone=Case(When(is_asked, then=gone))).filter(gone__isnull=False)
    found: defaultdict[tuple[date, UUID], list[int]] = defaultdict(lambda: [0] * spans.KINDS)
    for channel, began, until in answered.values_list("channel", "created_at", "gone"):
        found[began.date(), channel][spans.step_of((until - began).total_seconds())] += 1
    return found
