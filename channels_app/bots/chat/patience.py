"""Patience: how often a model is asked, with what pauses, and what is left out of a request that it does not take."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic, sleep

from channels_app.bots.chat.endpoint import Completion
from channels_app.bots.chat.errors import Away, Part, Refused, Unfit
from channels_app.errors import Problem
from channels_app.phrases import marked as _

TRIES = 6
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
LONGEST_TURN = 240.0
"""Seconds after which a turn is given up, however many tries are left: well within what a mailbox's step may take."""

DROPS = 8
"""How often a request may be made smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of a request a model takes: parts that are left `out`, and how many halves its history was cut by."""

    out: frozenset[Part] = field(default_factory=frozenset)
    halvings: int = 0

    def without(self, part: Part) -> "Shape":
        return replace(self, halvings=self.halvings + 1) if part == "history" else replace(self, out=self.out | {part})


def persist(ask: Callable[[Shape, float], Completion], shape: Shape, seconds: float) -> tuple[Completion, Shape]:
    """What `ask` comes to, and with which shape of request; it is told that, and how many seconds it may take.

    It is asked up to `TRIES` times, a little later each time. Raises `Filtered`, and `Refused` where it stays away.
    """
    until = monotonic() + LONGEST_TURN
    tries = drops = 0
    while True:
        left = until - monotonic()
        try:
            return ask(shape, min(seconds, max(left, 1.0))), shape
        except Unfit as exc:
            drops += 1
            smaller = shape.without(exc.part)
            if smaller == shape or drops > DROPS or smaller.halvings > 4:
                raise Refused(_unfit(str(exc))) from exc
            shape = smaller
        except Away as exc:
            tries += 1
            pause = _pause(tries, exc)
            if tries >= TRIES or monotonic() + pause >= until:
                raise Refused(_away(str(exc), tries)) from exc
            sleep(pause)


def _pause(tries: int, away: Away) -> float:
    """Seconds before the next try: the server's own word where it gave one, otherwise 0.5, 1, 2 … with jitter."""
    if away.retry_after is not None:
        return min(away.retry_after, LONGEST_PAUSE)
    return min(FIRST_PAUSE * 2.0 ** (tries - 1), LONGEST_PAUSE) * random.uniform(0.75, 1.25)  # noqa: S311


def _away(reason: str, tries: int) -> Problem:
    return Problem(
        code=0,
        title=_("The AI provider stays away"),
        detail=f"It gave no answer to {tries} tries. The last one: {reason}"[:500],
        advice=_("See whether the provider has a fault, and whether its address and limits are right."),
    )


def _unfit(said: str) -> Problem:
    advice = _("See what it says, and correct the bot's settings: the model, max_history, or max_tokens.")
    return Problem(code=0, title=_("The AI provider refuses the request"), detail=said[:500], advice=advice)
