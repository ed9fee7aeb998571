"""Stillness: no thread of the simulator's is at work any more, and no request is left that could wake one."""

from threading import Condition
from time import monotonic
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started

from channels_app.simulator.postman import postman


class UnderWay:
    """How many requests the live server has begun and not ended, whoever asked and whether they wait or not."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._count = 0
        request_started.connect(self._begin, dispatch_uid="requests under way")
        request_finished.connect(self._end, dispatch_uid="requests under way")

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds` until there is none; false where there still is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._count, seconds)

    def forget(self) -> None:
        """What earlier tests asked of the handler themselves, and never read to its end, is nobody's concern."""
        with self._changed:
            self._count = 0

    def _begin(self, sender: Any, **_: Any) -> None:
        self._step(sender, 1)

    def _end(self, sender: Any, **_: Any) -> None:
        self._step(sender, -1)

    def _step(self, sender: Any, by: int) -> None:
        """Django's test client comes here, too; but it works in the test's own thread, and not all it asks is read."""
        if isinstance(sender, type) and issubclass(sender, WSGIHandler):
            with self._changed:
                self._count = max(self._count + by, 0)
                self._changed.notify_all()


_under_way = UnderWay()


def begins() -> None:
    """A test of the simulator's begins: none of its requests is under way."""
    _under_way.forget()


def comes(within: float) -> bool:
    """Wait up to `within` seconds until all is still; false where something never ends.

    A request may ring the postman at its very end, and the postman makes requests: both have to rest at once.
    """
    until = monotonic() + within
    while (left := until - monotonic()) > 0:
        if _under_way.wait(left) and postman.rest(left) and _under_way.wait(0) and postman.rest(0):
            return True
    return False
