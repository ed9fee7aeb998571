"""Keeping time: every process goes by the database's clock, for the clocks of machines differ."""

from threading import Lock
from time import monotonic

from django.conf import settings
from django.db import connection

from channels_app import clock

CHECKED_EVERY = 60.0

_lock = Lock()
_checked_at = float("-inf")


def keep() -> None:
    """Ask the database for the time, once a minute and process. SQLite has no clock but ours.

    To be called before anything is written that other processes judge by their clocks. Raises what the database
    raises; then the next call asks again.
    """
    global _checked_at
    with _lock:
        if monotonic() - _checked_at < CHECKED_EVERY:
            return
        before, _checked_at = _checked_at, monotonic()
    try:
        _ask()
    except Exception:
        _checked_at = before
        raise


def _ask() -> None:
    if connection.vendor == "postgresql" and settings.FOLLOW_DATABASE_CLOCK:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            clock.follow(cursor.fetchone()[0])
