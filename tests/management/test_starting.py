"""A process that cannot work says why in one line, and does not start."""

import signal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.fixtures import Settings

from channels_app.management import readiness
from tests.management.processes import free_port, running


@pytest.mark.parametrize("command", ["web", "worker", "beat"])
@pytest.mark.parametrize("broker", ["", "memory://"])
def test_refuses_to_start_without_a_broker_that_others_reach(command: str, broker: str, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = broker
    with pytest.raises(CommandError, match=r"^REDIS_URL is missing: [^\n]+$"):
        call_command(command)


@pytest.mark.django_db(transaction=True)
def test_refuses_to_start_while_migrations_are_missing() -> None:
    applied = MigrationRecorder(connection)
    app, name = sorted(key for key in applied.applied_migrations() if key[0] == "channels_app")[-1]
    applied.record_unapplied(app, name)
    try:
        with pytest.raises(CommandError, match=r"^1 migrations are missing: [^\n]+$"):
            readiness.require_database()
    finally:
        applied.record_applied(app, name)


@pytest.mark.parametrize("command", ["web", "worker", "beat"])
def test_waits_for_a_database_that_is_not_there_yet(command: str, tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": f"postgres://u@127.0.0.1:{free_port()}/n", "REDIS_URL": "redis://127.0.0.1:1"}
    with running(command, tmp_path, **nowhere) as process:
        process.wait_for_line("database cannot be reached, trying again")
        assert "Traceback" not in process.said()
        assert process.end(signal.SIGTERM)[0] != 0
