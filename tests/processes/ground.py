"""A database of the processes' own, and what it says of all that passed through them."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings

ROOT = Path(__file__).parents[2]


IN_DOUBT = """
outcome IN ('open', 'unknown') AND NOT EXISTS (
    SELECT FROM channels_app_attempt WHERE message_id = doubtful.message_id AND outcome = 'accepted'
)
"""
WAITING = "datname = %s AND wait_event_type = 'Lock'"


@dataclass(frozen=True, slots=True)
class Database:
    """A database on the server that DATABASE_URL names, reached through `port`."""

    name: str
    host: str
    port: int
    user: str
    password: str

    @staticmethod
    def of_settings(name: str) -> "Database":
        given = settings.DATABASES["default"]
        return Database(
            name, given["HOST"] or "127.0.0.1", int(given["PORT"] or 5432), given["USER"], given["PASSWORD"]
        )

    @property
    def url(self) -> str:
        login = quote(self.user) + (f":{quote(self.password)}" if self.password else "")
        return f"postgres://{login}@{self.host}:{self.port}/{self.name}"

    def named(self, name: str) -> "Database":
        """Another database on the same server."""
        return replace(self, name=name)

    def through(self, port: int) -> "Database":
        """The same database, by way of whoever listens on `port` of this machine."""
        return replace(self, host="127.0.0.1", port=port)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def do(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def counted(self, statement: str) -> dict[str, int]:
        """Of a statement that gives names and counts."""
        return {str(name): int(count) for name, count in self.rows(statement)}

    @contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Let nobody write to `table` meanwhile: whoever tries waits."""
        with psycopg.connect(self.url) as connection:
            connection.execute(f"LOCK TABLE {table} IN SHARE MODE".encode())
            yield

    def waiting_for_a_lock(self) -> int:
        ((count,),) = self.rows(f"SELECT count(*) FROM pg_stat_activity WHERE {WAITING}", self.name)
        return int(count)

    def break_off_who_waits(self) -> None:
        """End the connections that wait for a lock: what they were told to write is not written."""
        self.rows(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {WAITING}", self.name)

    def break_off_everybody(self) -> None:
        """End every connection, as a restart does."""
        self.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            self.name,
        )

    def create(self, template: str = "template1") -> None:
        self._administer(f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')

    def drop(self) -> None:
        self._administer(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _administer(self, statement: str) -> None:
        self.named("postgres").do(statement)


@dataclass(frozen=True, slots=True)
class Books:
    """What the database says of all that came and all that was promised."""

    database: Database

    def open_items(self) -> dict[str, int]:
        """What is not answered and delivered yet, by name; empty where the books are balanced."""
        counts = Counter[str]()
        counts["events waiting"] = self._count("inboundevent", "state = 'waiting'")
        counts["events set aside"] = self._count("inboundevent", "state IN ('poisoned', 'unparsed')")
        counts["leases"] = self._count("conversation", "lease_owner IS NOT NULL")
        counts["mailboxes due"] = self._count("conversation", "due_at IS NOT NULL")
        counts["attempts in doubt"] = self._count("attempt AS doubtful", IN_DOUBT)
        counts |= Counter(self.messages("status NOT IN ('answered', 'delivered')"))
        return {name: count for name, count in counts.items() if count}

    def messages(self, condition: str = "true") -> dict[str, int]:
        """Messages by their status."""
        return self.database.counted(
            f"SELECT direction || ' ' || status, count(*) FROM channels_app_message WHERE {condition} GROUP BY 1"
        )

    def kept(self) -> set[str]:
        """The wamids of all messages that were stored."""
        found = self.database.rows("SELECT external_id FROM channels_app_inboundevent WHERE kind = 'message'")
        return {wamid for (wamid,) in found}

    def _count(self, table: str, condition: str) -> int:
        ((count,),) = self.database.rows(f"SELECT count(*) FROM channels_app_{table} WHERE {condition}")
        return int(count)


def prepare(database: Database, environment: Mapping[str, str]) -> None:
    """Migrate `database` and put the team there, in a process that has the environment of the others."""
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", "from tests.processes import seed; seed.sow()"],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": database.url},
        check=True,
    )
