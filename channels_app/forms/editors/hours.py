"""Hours of business in pieces: the days of a week, each with the times between which somebody is there."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Self

from django.utils.dates import WEEKDAYS

from channels_app.bots import config
from channels_app.bots.rules import hours
from channels_app.bots.rules.hours import DAYS, Span
from channels_app.forms.editors.drafts import Data, sentences


@dataclass
class SpanDraft:
    """From when to when; both empty where there is none."""

    start: str = ""
    end: str = ""

    @property
    def written(self) -> str:
        return f"{self.start}-{self.end}" if self.start or self.end else ""


@dataclass
class DayDraft:
    """A day of the week."""

    day: str
    name: str
    spans: list[SpanDraft] = field(default_factory=list)
    wrong: str = ""

    @property
    def label(self) -> Any:
        return WEEKDAYS[DAYS.index(self.day)]

    @property
    def shown_spans(self) -> list[SpanDraft]:
        return self.spans or [SpanDraft()]

    @property
    def written(self) -> list[str]:
        return [span.written for span in self.spans if span.written]

    def complain(self) -> bool:
        try:
            hours.read(config.fit({self.day: self.written}))
        except ValueError as exc:
            self.wrong = sentences(exc.args)
        return bool(self.wrong)


@dataclass
class HoursDraft:
    """The week. Where no day has any times, it is always open."""

    name: str
    days: list[DayDraft]
    template = "channels_app/editors/_hours.html"

    @classmethod
    def of(cls, value: Any, name: str) -> Self:
        read = hours.read(value or {})
        return cls(
            name,
            [
                DayDraft(day, f"{name}-{day}", [_span(span) for span in read.get(number, [])])
                for number, day in enumerate(DAYS)
            ],
        )

    @classmethod
    def entered(cls, data: Data, name: str) -> Self:
        days = [DayDraft(day, f"{name}-{day}") for day in DAYS]
        for day in days:
            times = zip(data.getlist(f"{day.name}-open"), data.getlist(f"{day.name}-close"), strict=False)
            day.spans = [SpanDraft(start.strip(), end.strip()) for start, end in times]
        return cls(name, days)

    @property
    def value(self) -> Any:
        """Days that follow each other and are alike stand together."""
        found: dict[str, Any] = {}
        for written, run in groupby(self.days, key=lambda day: day.written):
            days = [day.day for day in run]
            if written:
                name = days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
                found[name] = written[0] if len(written) == 1 else written
        return found or None

    @property
    def fits(self) -> bool:
        return True

    def rearrange(self, deed: str, key: str) -> None:
        for day in self.days:
            if deed == "add" and day.day == key:
                day.spans = [*day.shown_spans, SpanDraft()]

    def complain(self) -> bool:
        return sum(day.complain() for day in self.days) > 0


def _span(span: Span) -> SpanDraft:
    return SpanDraft(_time(span.start), _time(span.end))


def _time(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"
