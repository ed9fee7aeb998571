"""Ringing: the bell for the workers, rung beside the request that asks for it, and allowed to get lost."""

import os
from collections.abc import Callable
from threading import Event, Lock, Thread

import structlog
from kombu.exceptions import OperationalError

from channels_app import tasks
from channels_app.inbound.intake import Kept

log = structlog.get_logger(__name__)

REST, LONGEST_REST = 0.02, 0.05
"""Seconds between two rings: one of them is for all that came meanwhile. They grow where one follows the other."""
LONGEST_REST_OF_STATUSES = 0.25
"""Nobody waits for those, and many are applied at the price of one."""
REST_AFTER_FAILURE = 1.0


class Bell:
    """Rings at once, and once for all that ask within a moment of that. Nobody waits for it, and it never fails.

    The broker may be away: the sweep finds what nobody was rung for.
    """

    def __init__(self, pull: Callable[[], object], longest_rest: float = LONGEST_REST) -> None:
        self._pull = pull
        self._longest_rest = longest_rest
        self._asked = Event()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._pid = 0

    def ring(self) -> None:
        self._asked.set()
        if self._pid != os.getpid() or self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._pid != os.getpid() or self._thread is None or not self._thread.is_alive():
                    self._pid = os.getpid()
                    self._thread = Thread(target=self._keep_ringing, name="bell", daemon=True)
                    self._thread.start()

    def _keep_ringing(self) -> None:
        pause, rest = Event(), REST
        while True:
            self._asked.wait()
            self._asked.clear()
            try:
                self._pull()
                pause.wait(rest)
                rest = min(2 * rest, self._longest_rest) if self._asked.is_set() else REST
            except (OperationalError, OSError) as exc:
                log.warning("bell_lost", error=type(exc).__name__)
                pause.wait(REST_AFTER_FAILURE)


_work = Bell(tasks.work.delay)
_statuses = Bell(tasks.apply_statuses.delay, LONGEST_REST_OF_STATUSES)
_news = Bell(tasks.read_account_news.delay)

_portfolios = Bell(tasks.learn_portfolios.delay)


def ring(kept: Kept) -> None:
    """Call the workers for what is new on the shelf."""
    if kept.messages:
        _work.ring()
    if kept.statuses:
        _statuses.ring()
    if kept.others:
        _news.ring()


def ring_portfolios() -> None:
    """Have Meta asked whose the accounts are that came just now."""
    _portfolios.ring()


def ring_work() -> None:
    """Call the workers to what was promised, released or made due just now."""
    _work.ring()
