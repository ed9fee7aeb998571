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
    """Ask the database for the time, once a minute and process. SQLite has no clock but ours."""
    global _checked_at
    with _lock:
        if monotonic() - _checked_at < CHECKED_EVERY:
            return
        _checked_at = monotonic()
    if connection.vendor == "postgresql" and settings.FOLLOW_DATABASE_CLOCK:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            clock.follow(cursor.fetchone()[0])
