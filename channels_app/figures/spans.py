"""Spans: how long answers took, counted in steps, so that days and channels add up. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

STEPS = (
    *(0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600),
    *(1200, 1800, 3600, 7200, 14400, 28800, 86400),
)
"""Seconds: a span belongs to the first step that it is shorter than, and to one more beyond the last."""
KINDS = len(STEPS) + 1


def step_of(seconds: float) -> int:
    """The place of the step that a span belongs to."""
    return bisect_right(STEPS, seconds)


def total(counted: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Counts by step, added up; zeros where there are none."""
    return tuple(map(sum, zip(*counted, strict=True))) if counted else (0,) * KINDS


def percentile(counts: Sequence[int], share: float) -> float | None:
    """So many seconds the quicker `share` of the answers took at most, between two steps as if spread evenly."""
    wanted, below = share * sum(counts), 0.0
    if not wanted:
        return None
    for (low, high), count in zip(pairwise((0, *STEPS, STEPS[-1])), counts, strict=True):
        if count and below + count >= wanted:
            return low + (high - low) * (wanted - below) / count
        below += count
    return float(STEPS[-1])
