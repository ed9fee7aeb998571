"""Patience: how often a service is asked, and with what pauses. Somebody waits for an answer meanwhile."""

import random
from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from channels_app.speech.base import Away

T = TypeVar("T")

TRIES = 3
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0


def persist(ask: Callable[[float], T], seconds: float) -> T:
    """What `ask`, told how many seconds it may take, comes to; asked up to `TRIES` times within `seconds`.

    Raises the last `Away`, and whatever else `ask` raises at once: another try would change nothing.
    """
    until = monotonic() + seconds
    tries = 0
    while True:
        try:
            return ask(max(until - monotonic(), 1.0))
        except Away as exc:
            tries += 1
            pause = _pause(tries, exc)
            if tries >= TRIES or monotonic() + pause >= until:
                raise
            sleep(pause)


def _pause(tries: int, away: Away) -> float:
    """Seconds before the next try: the service's own word where it gave one, otherwise 0.5, 1 … with jitter."""
    if away.retry_after is not None:
        return min(away.retry_after, LONGEST_PAUSE)
    return min(FIRST_PAUSE * 2.0 ** (tries - 1), LONGEST_PAUSE) * random.uniform(0.75, 1.25)  # noqa: S311
