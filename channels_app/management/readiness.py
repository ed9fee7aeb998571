"""What a process of the Procfile needs before it starts, each refusal in one line."""

import logging
import time
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

PATIENCE = 30  # seconds for a database that starts at the same time as we do

log = logging.getLogger(__name__)


def require_broker() -> None:
    if not settings.CELERY_BROKER_URL or settings.CELERY_BROKER_URL.startswith("memory:"):
        raise CommandError("REDIS_URL is missing: web, worker and beat need a broker (or CELERY_BROKER_URL) in common")


def be_patient_with_the_broker() -> None:
    """For those whom no webhook waits for: a busy Redis is not one that is gone."""
    options = current_app.conf.broker_transport_options
    if "socket_timeout" in options:
        current_app.conf.broker_transport_options = options | {"socket_connect_timeout": 2, "socket_timeout": 5}


def require_database() -> None:
    """Wait for the database at most `PATIENCE` seconds, and see that it has every migration."""
    _wait_for_connection(time.monotonic() + PATIENCE)
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    finally:
        connection.close()
    if missing:
        raise CommandError(f"{len(missing)} migrations are missing: run manage.py migrate first")


def _wait_for_connection(deadline: float) -> None:
    wrapper: Any = connection
    driver = wrapper.Database
    while True:
        try:
            # Not through the pool, which would say nothing but that it had no connection to give.
            driver.connect(**connection.get_connection_params()).close()
        except driver.Error as exc:
            reason = " ".join(str(exc).split())
            if time.monotonic() > deadline:
                raise CommandError(f"DATABASE_URL names a database that cannot be reached: {reason}") from None
            log.warning("database cannot be reached, trying again: %s", reason)
            time.sleep(2)
        else:
            return
