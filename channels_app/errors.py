"""What may go wrong with a carrier, as the decisions it asks of us.

GatewayError
├── TryLater            the same message, the same way, after a while
│   ├── Throttled       we are too fast; slow the bucket down
│   └── OutcomeUnknown  it may have gone: only a status can tell
├── StepDown            not in this form; perhaps in the next one of the ladder
│   ├── WindowShut      the service window is closed, says the carrier
│   └── TooLong         the template has less room than we thought
├── AccessLost          nobody's message goes until a person has mended something
└── GiveUp              this message will never go
    └── OurFault        because we asked wrongly
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a person is told about a failure: Meta's code, what it means, and what to do about it."""

    code: int
    title: str
    detail: str = ""
    advice: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class GatewayError(Exception):
    """A carrier did not do what it was asked; the class says what that means for us."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.problem.code} {self.problem.title}"


class TryLater(GatewayError):
    """The same again after `retry_after` seconds, or after our own back-off where it is `None`."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.args = (problem, retry_after)
        self.retry_after = retry_after


class Throttled(TryLater):
    """Too fast. `pair` says that only this one recipient is meant; `warning` that the team has to know."""

    def __init__(
        self, problem: Problem, retry_after: float | None = None, *, pair: bool = False, warning: bool = False
    ) -> None:
        super().__init__(problem, retry_after)
        self.args = (problem, retry_after)
        self.pair = pair
        self.warning = warning


class OutcomeUnknown(TryLater):
    """The request went out and no answer came back: it may have been taken."""


class StepDown(GatewayError):
    """This form of the message does not go; a lower rung may."""


class WindowShut(StepDown):
    """Meta says that the service window is closed, whatever our clock thinks."""


class TooLong(StepDown):
    """The template's text is too long once filled in."""


class AccessLost(GatewayError):
    """Token, permission, account or registration: sends wait as `held` until it is mended."""

    def __init__(self, problem: Problem, *, number_only: bool = False) -> None:
        super().__init__(problem)
        self.number_only = number_only


class GiveUp(GatewayError):
    """Final for this message. `template` says that the approved template is what is missing."""

    def __init__(self, problem: Problem, *, template: bool = False, operator: bool = False) -> None:
        super().__init__(problem)
        self.template = template
        self.operator = operator


class OurFault(GiveUp):
    """The request itself was wrong: final, and reported to the developers."""


class InUse(Exception):
    """It cannot be deleted while something else needs it: says what that is, and what to do."""
