"""Hours of business: on which days, from when to when, and on which dates not at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from channels_app.phrases import filled
from channels_app.phrases import marked as _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EXAMPLE = '{"mon-fri": "08:00-17:00", "sat": ["09:00-12:00"]}'

_span = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-4]):([0-5][0-9])")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Span:
    """From one minute of a day to another, of the next day where it is not later."""

    start: int
    end: int


Hours = dict[int, list[Span]]
"""Spans by the day of the week on which they begin; Monday is 0."""


def read(value: Any) -> Hours:
    """Hours as they are written down. Raises ValueError, with a sentence for each thing that is wrong."""
    if not isinstance(value, Mapping):
        raise ValueError(filled(_("This is an object of days and times, such as %(example)s."), example=EXAMPLE))
    hours: Hours = {}
    complaints: list[str] = []
    for days, times in value.items():
        try:
            spans = [_read_span(each) for each in (times if isinstance(times, list) else [times])]
            for day in _days(str(days)):
                hours.setdefault(day, []).extend(spans)
        except ValueError as exc:
            complaints += exc.args
    if complaints:
        raise ValueError(*complaints)
    return hours


def are_open(hours: Hours, closed_on: frozenset[date], now: datetime) -> bool:
    """Whether `now`, in the time of the place, is within `hours`; a span belongs to the day on which it begins."""
    minute = now.hour * 60 + now.minute
    for days_ago in (0, 1):
        day = now.date() - timedelta(days=days_ago)
        if day in closed_on:
            continue
        for span in hours.get(day.weekday(), []):
            end = span.end if span.end > span.start else span.end + 1440
            if span.start <= minute + days_ago * 1440 < end:
                return True
    return False


def read_dates(value: Any) -> frozenset[date]:
    """Dates as they are written down. Raises ValueError with a sentence."""
    if not isinstance(value, list):
        raise ValueError(_('This is a list of dates, such as ["2026-12-25"].'))
    return frozenset(_date(each) for each in value)


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(
            filled(_("“%(written)s” is no date. Write it as 2026-12-25."), written=str(value)[:40])
        ) from None


def _days(written: str) -> list[int]:
    """The days of the week in `mon`, `mon-fri` or `sat-mon`."""
    first, __, last = written.strip().lower().partition("-")
    names = [first.strip(), (last or first).strip()]
    if not all(name in DAYS for name in names):
        raise ValueError(
            filled(
                _("“%(written)s” is no day. The days are %(days)s, or a run of them such as mon-fri."),
                written=written[:40],
                days=", ".join(DAYS),
            )
        )
    start, end = (DAYS.index(name) for name in names)
    return [day % 7 for day in range(start, (end if end >= start else end + 7) + 1)]


def _read_span(written: Any) -> Span:
    found = _span.fullmatch(written.strip()) if isinstance(written, str) else None
    hours = [int(each) for each in found.groups()] if found else []
    if not hours or (hours[2] == 24 and hours[3]):
        raise ValueError(
            filled(_("“%(written)s” is no time of business. Write it as 08:00-17:00."), written=str(written)[:40])
        )
    return Span(hours[0] * 60 + hours[1], hours[2] * 60 + hours[3])
