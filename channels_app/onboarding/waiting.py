"""Waiting for Meta while a person waits for us: never with all threads at once, for webhooks need some."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings

from channels_app.errors import Problem, TryLater
from channels_app.models.holding import let_go
from channels_app.phrases import marked as _

QUEUED = 1.0
"""Seconds that one stands in line for a place."""

CROWDED = Problem(
    code=0,
    title=_("Too many questions wait for Meta's answer"),
    detail=_("Meta is slow at present."),
    advice=_("Try again in a minute."),
)
_places = BoundedSemaphore(max(1, settings.WEB_THREADS // 2))


@contextmanager
def a_place() -> Iterator[None]:
    """One of the places for waiting, with no connection held meanwhile. Raises TryLater where all are taken."""
    let_go()
    if not _places.acquire(timeout=QUEUED):
        raise TryLater(CROWDED)
    try:
        yield
    finally:
        _places.release()
