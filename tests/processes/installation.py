"""An installation of its own: database, corner of Redis, Meta, and the processes that meet there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from django.conf import settings

from tests.processes import graph
from tests.processes.clinic import CLINIC
from tests.processes.ground import Books, Database
from tests.processes.meta import Meta
from tests.processes.reporter import Reporter
from tests.processes.stage import Stage, free_port

_places = count()


@dataclass(frozen=True, slots=True)
class Installation:
    """`secrets` are words that nobody may ever read, besides those of Meta's accounts; `read` is what was read."""

    stage: Stage
    meta: Meta
    database: Database
    books: Books
    secrets: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def assert_quiet(self) -> None:
        """No process has shown a traceback, and nobody has told a secret."""
        logs = self.stage.logs()
        assert "Traceback" not in logs, logs[max(0, logs.index("Traceback") - 500) :][:8000]
        secrets = [*self.secrets, *(secret for account in self.meta.accounts for secret in account.secrets)]
        told = [secret[:4] for secret in secrets if any(secret in text for text in (logs, *self.read))]
        assert not told, f"Secrets were told that begin with {told}"


def environment(**said: str) -> dict[str, str]:
    """What `interface.md` asks for, and a corner of Redis that nobody else has."""
    return {
        "PATH": os.environ["PATH"],
        "OCS_META_IGNORE_ENV_FILE": "1",
        "SECRET_KEY": "only-for-tests",
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "REDIS_URL": settings.REDIS_URL,
        "REDIS_KEY_PREFIX": f"{settings.REDIS_KEY_PREFIX}{next(_places)}:",
        "WEB_CONCURRENCY": "1",
        **said,
    }


@contextmanager
def installed(folder: Path, template: Database) -> Iterator[Installation]:
    """Everything is there, and nothing runs yet. What was started is gone at the end, and has kept quiet."""
    port, database = free_port(), replace(template, name=f"{template.name}_{next(_places)}")
    database.create(template.name)
    try:
        with Reporter(port) as reporter:
            meta = Meta(accounts=[CLINIC], reporter=reporter)
            with graph.served(meta) as graph_url:
                said = environment(DATABASE_URL=database.url, GRAPH_API_URL=graph_url, PORT=str(port))
                stage = Stage(folder, said, port)
                installation = Installation(stage, meta, database, Books(database))
                try:
                    yield installation
                finally:
                    stage.clear_away()
        installation.assert_quiet()
    finally:
        database.drop()
