"""Watch: a process that cannot go on ends, for whoever watches over it to start it again."""

import faulthandler
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

import structlog

log = structlog.get_logger(__name__)

LOOKS_EVERY = 5.0
LONGEST_STANDSTILL = 60.0
"""Seconds in which no thread but one of this process gets on: it computes without end, and lets nobody else compute."""
EXIT_STATUS = 70

_steps: dict[object, tuple[str, float]] = {}


def keep(look: Callable[[], str | None]) -> None:
    """From here on end this process when it stands still, when a step takes too long, or when `look` gives a reason."""
    Thread(target=_keep, args=(look,), name="watch", daemon=True).start()


@contextmanager
def step(name: str, seconds: float) -> Iterator[None]:
    """What is done here takes a moment: a process that needs longer than `seconds` ends, if it keeps watch."""
    key = object()
    _steps[key] = (name, monotonic() + seconds)
    try:
        yield
    finally:
        del _steps[key]


def _keep(look: Callable[[], str | None]) -> None:
    pause = Event()
    while True:
        # A thread of C that needs no lock of Python's; each round puts it off.
        faulthandler.dump_traceback_later(LONGEST_STANDSTILL, exit=True)
        if reason := _overdue() or look():
            log.error("process_ends", reason=reason)
            logging.shutdown()
            os._exit(EXIT_STATUS)
        pause.wait(LOOKS_EVERY)


def _overdue() -> str | None:
    now = monotonic()
    return next((f"{name} takes too long" for name, until in list(_steps.values()) if until < now), None)
