"""Figures: what was counted, by day and channel. Days that are over are counted once, and kept in the cache.

Statuses may still come for an older message; they change a figure that was counted before only once it is counted anew.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate

from channels_app import clock
from channels_app.models import ENDED, Direction, Message, Status, Team
from channels_app.told import told
from channels_app.web.dashboard import spans

SETTLES_WITHIN = timedelta(days=2)
KEPT_FOR = 7 * 24 * 3600
SETTLING = 600
FRESH_FOR = 60
REACHED = (Status.DELIVERED, Status.READ, Status.PLAYED)
SEEN = (Status.READ, Status.PLAYED)
UNSENT = (Status.PENDING, Status.HELD, *ENDED)
MOST_REASONS = 8
MEASURED = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """`outbound` are those that went out, `delivered` and `read` how far they got; `spans` how long answers took."""

    inbound: int = 0
    outbound: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    spans: tuple[int, ...] = (0,) * spans.KINDS

    @property
    def meant(self) -> int:
        """All that was to arrive, and has gone out or failed."""
        return self.outbound + self.failed

    @property
    def median(self) -> float | None:
        return spans.percentile(self.spans, 0.5)

    @property
    def p95(self) -> float | None:
        return spans.percentile(self.spans, 0.95)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why messages failed, and how many did."""

    code: int
    title: str
    count: int


Day = dict[UUID, Counts]


def total(counts: Iterable[Counts]) -> Counts:
    found = list(counts)
    sums = {name: sum(getattr(each, name) for each in found) for name in ("inbound", "outbound", "delivered", "read")}
    return Counts(**sums, failed=sum(each.failed for each in found), spans=spans.total([each.spans for each in found]))


def days_of(team: Team, last: date, count: int) -> dict[date, Day]:
    """The figures of `count` days up to `last`, by channel."""
    wanted = [last - timedelta(days=back) for back in range(count - 1, -1, -1)]
    keys = {day: f"figures:{team.pk.hex}:{day}" for day in wanted}
    known = cache.get_many(keys.values())
    missing = [day for day in wanted if keys[day] not in known]
    if missing:
        counted = _counted(team, missing[0], missing[-1])
        settled = clock.now().date() - SETTLES_WITHIN
        for day in missing:
            known[keys[day]] = counted[day]
            cache.set(keys[day], counted[day], KEPT_FOR if day < settled else FRESH_FOR if day == last else SETTLING)
    return {day: known[keys[day]] for day in wanted}


def reasons(team: Team, first: date, channels: Collection[UUID] = ()) -> list[Reason]:
    """Why messages failed since `first`, the most frequent reasons first."""
    failed = Message.objects.for_team(team).filter(status__in=ENDED, pk__gte=clock.uuid7_at(_midnight(first)))
    if channels:
        failed = failed.filter(channel__in=channels)
    by_reason = failed.order_by().annotate(code=KT("error__code"), title=KT("error__title")).values("code", "title")
    found = by_reason.annotate(count=Count("pk")).order_by("-count", "title")[:MOST_REASONS]
    return [Reason(int(row["code"] or 0), told(row["title"] or ""), row["count"]) for row in found]


def _counted(team: Team, first: date, last: date) -> dict[date, Day]:
    rows = Message.objects.for_team(team).filter(
        pk__gte=clock.uuid7_at(_midnight(first)), pk__lt=clock.uuid7_at(_midnight(last + timedelta(days=1)))
    )
    days = [first + timedelta(days=after) for after in range((last - first).days + 1)]
    taken = _spans(rows)
    found: dict[date, Day] = {day: {} for day in days}
    for row in _numbers(rows):
        day, channel = row.pop("day"), row.pop("channel")
        if day in found:
            found[day][channel] = Counts(**row, spans=tuple(taken[day, channel]))
    return found


def _numbers(rows: QuerySet[Message]) -> Iterable[dict[str, Any]]:
    ours = Q(direction=Direction.OUTBOUND)
    by_day = rows.order_by().annotate(day=TruncDate("created_at", tzinfo=UTC)).values("day", "channel")
    counted = by_day.annotate(
        inbound=Count("pk", filter=Q(direction=Direction.INBOUND)),
        outbound=Count("pk", filter=ours & ~Q(status__in=UNSENT)),
        delivered=Count("pk", filter=ours & Q(status__in=REACHED)),
        read=Count("pk", filter=ours & Q(status__in=SEEN)),
        failed=Count("pk", filter=ours & Q(status__in=ENDED)),
    )
    return [dict(row) for row in counted]


def _spans(rows: QuerySet[Message]) -> defaultdict[tuple[date, UUID], list[int]]:
    """How long it took from each message of theirs that was answered until the next one of ours had gone.

    One pass from the newest message to older ones, over so many that it takes a moment at most.
    """
    passed = rows.order_by("-pk").values_list("conversation", "channel", "direction", "status", "created_at", "sent_at")
    found: defaultdict[tuple[date, UUID], list[int]] = defaultdict(lambda: [0] * spans.KINDS)
    next_of_ours: dict[UUID | None, datetime] = {}
    for conversation, channel, direction, status, began, sent in passed[:MEASURED]:
        if direction == Direction.OUTBOUND and sent:
            next_of_ours[conversation] = sent
        elif status == Status.ANSWERED and conversation in next_of_ours:
            took = (next_of_ours[conversation] - began).total_seconds()
            found[began.date(), channel][spans.step_of(took)] += 1
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
