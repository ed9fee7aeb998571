"""/health/: whether this process can do its work, for those who probe it."""

import platform
from threading import Lock
from time import monotonic

import celery
import django
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from channels_app import __version__, patience, voices
from channels_app.media import pictures
from channels_app.models.holding import let_go
from channels_app.speech import audio

FRESH_FOR = 5.0
PATIENCE = 1.0
"""Seconds that the database, and a worker that is pinged, have to answer. The first worker is enough."""

VERSIONS = {
    "ocs_meta": __version__,
    "python": platform.python_version(),
    "django": django.__version__,
    "celery": celery.__version__,
    "graph_api": settings.GRAPH_API_VERSION,
}


def health(request: HttpRequest) -> JsonResponse:
    """200 while this process reaches its database, else 503; what else is missing shows as false."""
    database = _reaches_database()
    migrations = database and _migrations.are_applied()
    let_go()
    broker, workers = _workers.look()
    facts = {"database": database, "migrations": migrations, "broker": broker, "workers": workers}
    facts |= {"conversion": audio.IS_AVAILABLE, "pictures": pictures.can_be_converted()}
    facts["speech"] = voices.built_in_speaks()
    return JsonResponse(
        facts | {"versions": VERSIONS}, status=200 if database else 503, headers={"Cache-Control": "no-store"}
    )


def _reaches_database() -> bool:
    try:
        with patience.within(PATIENCE), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


class _Migrations:
    """Once all are applied they stay so, for as long as this code runs."""

    def __init__(self) -> None:
        self._applied = False

    def are_applied(self) -> bool:
        if not self._applied:
            try:
                executor = MigrationExecutor(connection)
                self._applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
            except DatabaseError:
                return False
        return self._applied


class _Workers:
    """Whether the broker answers, and through it a worker: asked now and then, however often one is probed.

    While one asks, others are told what was found before: webhooks need the threads that would wait.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked_at = float("-inf")
        self._found = (False, False)

    def look(self) -> tuple[bool, bool]:
        is_first = self._asked_at == float("-inf")
        if monotonic() - self._asked_at > FRESH_FOR and self._lock.acquire(blocking=is_first):
            try:
                self._ask_again()
            finally:
                self._lock.release()
        return self._found

    def _ask_again(self) -> None:
        if monotonic() - self._asked_at > FRESH_FOR:
            self._found = self._ask()
            self._asked_at = monotonic()

    @staticmethod
    def _ask() -> tuple[bool, bool]:
        with current_app.connection_for_write() as broker:
            try:
                answers = current_app.control.broadcast(
                    "ping", connection=broker, reply=True, timeout=PATIENCE, limit=1
                )
            except (*broker.connection_errors, *broker.channel_errors):
                return False, False
        return True, bool(answers)


_migrations = _Migrations()
_workers = _Workers()
