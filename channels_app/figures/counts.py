"""Counts: the figures of a day and channel, how they add up, and how they are kept. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from channels_app.figures import spans

KINDS = ("inbound", "outbound", "delivered", "read", "failed")


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


Day = dict[str, Counts]
"""By the hex of the channel's id."""


def total(counts: Iterable[Counts]) -> Counts:
    numbers = [0] * len(KINDS)
    taken = [0] * spans.KINDS
    for each in counts:
        numbers[0] += each.inbound
        numbers[1] += each.outbound
        numbers[2] += each.delivered
        numbers[3] += each.read
        numbers[4] += each.failed
        for step, count in enumerate(each.spans):
            if count:
                taken[step] += count
    return Counts(**dict(zip(KINDS, numbers, strict=True)), spans=tuple(taken))


def as_kept(day: Day) -> dict[str, Any]:
    """The figures of a day for JSON: the five numbers, and those steps of the spans that any answer belongs to."""
    return {
        channel: [
            [getattr(counts, kind) for kind in KINDS],
            [[step, count] for step, count in enumerate(counts.spans) if count],
        ]
        for channel, counts in day.items()
    }


def from_kept(kept: Mapping[str, Any]) -> Day:
    """What `as_kept` wrote."""
    return {channel: _counts(*row) for channel, row in kept.items()}


def _counts(numbers: list[int], taken: list[list[int]]) -> Counts:
    steps = [0] * spans.KINDS
    for step, count in taken:
        steps[step] = count
    inbound, outbound, delivered, read, failed = numbers
    return Counts(inbound=inbound, outbound=outbound, delivered=delivered, read=read, failed=failed, spans=tuple(steps))
