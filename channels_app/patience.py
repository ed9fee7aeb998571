"""Patience: how long a thread waits for the database's word before it takes the database for gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from time import monotonic

SHORTEST = 0.05

_usual: float | None = None
_thread = local()


def wait_at_most(seconds: float) -> None:
    """For each statement of this process, from here on. At first there is no limit: a migration takes its time."""
    global _usual
    _usual = seconds


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """For all statements of this thread together, until the block is left."""
    before = getattr(_thread, "until", None)
    _thread.until = min(monotonic() + seconds, before) if before else monotonic() + seconds
    try:
        yield
    finally:
        _thread.until = before


def usual() -> float | None:
    """What each statement of this process has; `None` where there is no limit."""
    return _usual


def left() -> float | None:
    """Seconds that the next statement of this thread may take; `None` where it may take any time."""
    until = getattr(_thread, "until", None)
    return max(until - monotonic(), SHORTEST) if until else _usual
