"""What a row finds: figures, each with the least that is asked of it and the most that is hoped for."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`bar` and `aim` are in the same unit as `value`; `less_is_better` turns them round. Without a bar it is told
    for its own sake.
    """

    key: str
    what: str
    value: float
    unit: str
    bar: float | None = None
    aim: float | None = None
    less_is_better: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.aim is not None and self._reaches(self.aim):
            return "aim"
        if self.bar is not None and self._reaches(self.bar):
            return "bar"
        return "" if self.bar is None and self.aim is None else "UNDER"

    def _reaches(self, mark: float) -> bool:
        return self.value <= mark if self.less_is_better else self.value >= mark


@dataclass(slots=True, kw_only=True)
class Found:
    """What one row found: `figures` for the table, and `details` for whoever wants to know why."""

    figures: list[Figure]
    details: dict[str, Any] = field(default_factory=dict)
    others: float = 0.0
    """The share of the machine that other processes had meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How long to measure. `share` scales the amounts of a whole run; `rounds` alternate what is compared."""

    rounds: int = 5
    share: float = 1.0

    def of(self, amount: int) -> int:
        return max(10, round(amount * self.share))


QUICK = Scale(rounds=1, share=0.05)
WHOLE = Scale()


def number(value: float) -> str:
    """Three figures, and no more than are there."""
    return f"{value:,.0f}" if value == 0 or abs(value) >= 100 else f"{value:.3g}"
