"""Charts: numbers as bars of a picture, in the picture's own units, told in the language of whoever looks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format

WIDTH, HEIGHT = 640, 180
TOP, BOTTOM, LEFT = 10, 22, 44
LINES = 3
LABEL = 48
"""How wide the widest label is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`kind` says which of the series it belongs to."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One of the lines across, with the number it stands for."""

    y: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """`anchor` says which part of it stands at `x`: its middle, but for one that would not fit into the picture."""

    x: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The values of one kind, one for each day; `None` where there is none. `words` tell each of them."""

    kind: str
    values: Sequence[float | None]
    words: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    bars: Sequence[Bar]
    lines: Sequence[Line]
    labels: Sequence[Label]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM
    is_empty: bool = False


def bars(series: Sequence[Series], labels: Sequence[str], unit: "Unit") -> Chart:
    """Bars of each day beside each other, below a scale of round numbers."""
    highest = max((value for each in series for value in each.values if value), default=0)
    top = unit.above(highest)
    room = (WIDTH - LEFT) / max(len(labels), 1)
    width = min(room * 0.8 / len(series), 26)
    scale = (HEIGHT - BOTTOM - TOP) / top
    drawn = [
        _bar(value, place, offset, each, Room(room, width, scale, len(series)))
        for offset, each in enumerate(series)
        for place, value in enumerate(each.values)
        if value
    ]
    steps = [top * step / LINES for step in range(LINES + 1)]
    lines = [Line(y=round(HEIGHT - BOTTOM - step * scale, 1), words=unit.words(step)) for step in steps]
    every = max(1, math.ceil(len(labels) / 8))
    shown = [
        _label(LEFT + room * (place + 0.5), words)
        for place, words in enumerate(labels)
        if (len(labels) - 1 - place) % every == 0
    ]
    return Chart(bars=drawn, lines=lines, labels=shown, is_empty=not highest)


def _label(middle: float, words: str) -> Label:
    if middle + LABEL / 2 > WIDTH:
        return Label(x=WIDTH, words=words, anchor="end")
    return Label(x=round(middle, 1), words=words)


@dataclass(frozen=True, slots=True)
class Room:
    """How much room each day and each bar has, and how high one of the values' units is."""

    day: float
    bar: float
    scale: float
    series: int


def _bar(value: float, place: int, offset: int, series: Series, room: Room) -> Bar:
    start = LEFT + room.day * place + (room.day - room.bar * room.series) / 2
    height = max(value * room.scale, 1)
    return Bar(
        x=round(start + room.bar * offset, 1),
        y=round(HEIGHT - BOTTOM - height, 1),
        width=round(max(room.bar - 1, 1), 1),
        height=round(height, 1),
        kind=series.kind,
        words=series.words[place],
    )


class Unit:
    """Whole numbers: a scale ends at a round one."""

    def above(self, highest: float) -> float:
        if highest <= LINES:
            return LINES
        step = 10.0 ** math.floor(math.log10(highest / LINES))
        return next(LINES * step * nice for nice in (1, 2, 2.5, 5, 10) if LINES * step * nice >= highest)

    def words(self, value: float) -> str:
        return f"{value:,.0f}".replace(",", "\u202f")


class Seconds(Unit):
    """Spans of time: a scale ends at a round number of seconds, minutes or hours."""

    def above(self, highest: float) -> float:
        if highest <= 30:
            return super().above(highest)
        unit = 60 if highest <= 3600 else 3600
        return super().above(highest / unit) * unit

    def words(self, value: float) -> str:
        return span(value)


def span(seconds: float | None) -> str:
    """A span of time in few characters."""
    if seconds is None:
        return "\u2013"
    if seconds < 120:
        return _shortly(seconds, "s")
    return _shortly(seconds / 60, "min") if seconds < 7200 else _shortly(seconds / 3600, "h")


def _shortly(count: float, unit: str) -> str:
    places = 1 if count < 10 and round(count, 1) % 1 else 0
    return f"{number_format(round(count, places), places)} {unit}"
