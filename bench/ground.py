"""A database for the bench alone, one channel in it, and `web` before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from channels_app.models import Team
from tests import redis_keys
from tests.fixtures import APP_SECRET, NUMBER, make_channel, make_provider
from tests.management.processes import answers, database_url, free_port, running, until

__all__ = ["APP_SECRET", "NUMBER", "prepared", "web"]


@contextmanager
def prepared() -> Iterator[None]:
    name = str(connection.settings_dict["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        team = Team.objects.create(name="Bench", slug="bench")
        make_channel(make_provider(team))
        connection.close()
        yield
    finally:
        connection.close()
        connection.creation.destroy_test_db(name, verbosity=0)
        redis_keys.forget()


@contextmanager
def web(folder: Path) -> Iterator[str]:
    port = free_port()
    with running("web", folder, DATABASE_URL=database_url(), PORT=str(port), LOG_LEVEL="WARNING") as process:
        until(lambda: answers(port), 30, "an answer", process.said)
        yield f"http://127.0.0.1:{port}/api/channels/meta/"
