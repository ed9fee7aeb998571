"""A process goes by the database's clock, however wrong its own is."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection

from channels_app import clock
from channels_app.models import timekeeping

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

AHEAD = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _freshly_started(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.FOLLOW_DATABASE_CLOCK = True
    monkeypatch.setattr(timekeeping, "_checked_at", float("-inf"))
    monkeypatch.setattr(clock, "_ahead", timedelta(0))
    with time_machine.travel(clock.now() + AHEAD, tick=True):
        yield


def behind() -> timedelta:
    """How much the database's clock is behind what this process takes for the present."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    return clock.now() - theirs


def test_a_clock_that_is_wrong_is_set_right() -> None:
    assert behind() > timedelta(minutes=4)
    timekeeping.keep()
    assert abs(behind()) < timedelta(seconds=5)


def test_a_database_that_does_not_say_is_asked_again() -> None:
    def away(execute: Callable[..., Any], *asked: Any) -> Any:
        raise OperationalError("the connection is closed")

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        timekeeping.keep()
    timekeeping.keep()
    assert abs(behind()) < timedelta(seconds=5)
