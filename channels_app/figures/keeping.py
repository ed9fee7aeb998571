"""Keeping: each day is counted until it has settled, and then kept for all pages that show it."""

from datetime import date, datetime, timedelta

from django.core.cache import cache

from channels_app import clock
from channels_app.figures import counting
from channels_app.figures.counts import Day, as_kept, from_kept
from channels_app.models import CountedDay, Team

LONGEST = 90
"""Days that anybody can look back."""
FRESH_FOR = 60
"""Seconds."""


def days_of(team: Team, last: date, count: int) -> dict[date, Day]:
    """The figures of `count` days up to `last`, by channel. What is not kept yet, as today, is counted now."""
    wanted = _back_from(last, count)[::-1]
    rows = CountedDay.objects.for_team(team).filter(day__gte=wanted[0], day__lt=last)
    kept = dict(rows.values_list("day", "figures"))
    missing = [day for day in wanted if day not in kept]
    fresh = _counted_lately(team, missing[0], last)
    return {day: from_kept(kept[day]) if day in kept else fresh[day] for day in wanted}


def count_days() -> int:
    """Count what is over and was not counted, or has not settled; gives how many days were."""
    yesterday = clock.now().date() - timedelta(days=1)
    days = _back_from(yesterday, LONGEST)
    CountedDay.objects.filter(day__lt=days[-1]).delete()
    return sum(_count(team, days) for team in Team.objects.filter(deleted_at=None).order_by("pk"))


def _count(team: Team, days: list[date]) -> int:
    kept = dict(CountedDay.objects.for_team(team).values_list("day", "counted_at"))
    wanted = [day for day in days if day not in kept or kept[day] < _settled_at(day)]
    first = counting.first_day(team) if wanted else None
    for day in wanted:
        found = counting.counted(team, day, day)[day] if first and day >= first else {}
        row = CountedDay(team=team, day=day, figures=as_kept(found), counted_at=clock.now())
        CountedDay.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["team", "day"],
            update_fields=["figures", "counted_at"],
        )
    return len(wanted)


def _settled_at(day: date) -> datetime:
    return counting.midnight(day + timedelta(days=1)) + counting.SETTLES_WITHIN


def _counted_lately(team: Team, first: date, last: date) -> dict[date, Day]:
    """Counted anew if it was not within the last minute."""
    key = f"figures:{team.pk.hex}:{first}:{last}"
    found: dict[date, Day] | None = cache.get(key)
    if found is None:
        found = counting.counted(team, first, last)
        cache.set(key, found, FRESH_FOR)
    return found


def _back_from(last: date, count: int) -> list[date]:
    return [last - timedelta(days=back) for back in range(count)]
