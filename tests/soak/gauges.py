"""What steady processes take while all this goes on: memory, connections, and leases that nobody took back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import monotonic

import psycopg

from tests.processes.ground import Database

EVERY = 5.0
STATEMENTS = {
    "connections": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
    "leases": "SELECT count(*) FROM channels_app_conversation WHERE lease_owner IS NOT NULL",
    "leases overdue": "SELECT count(*) FROM channels_app_conversation "
    "WHERE lease_expires_at < clock_timestamp() - interval '15 seconds'",
}
LETS_GROW_BY: Mapping[str, tuple[float, float]] = {
    "connections": (1.25, 8),
    "leases": (1.25, 10),
    "leases overdue": (1.0, 2),
}
"""How many times as much as early, and how much besides, each may be late."""
MEMORY_MAY_GROW_BY = (1.15, 15.0)


@dataclass(slots=True)
class Gauges:
    """Read every few seconds, by their names; a reading that fails for a fault is left out."""

    database: Database
    pids: Mapping[str, int]
    readings: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    _over: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def __enter__(self) -> "Gauges":
        self._thread = Thread(target=self._keep_reading, name="gauges", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _keep_reading(self) -> None:
        while not self._over.wait(EVERY):
            self.readings.append((monotonic(), self._memory() | self._counts()))

    def _memory(self) -> dict[str, float]:
        return {f"{name}, MB": megabytes(pid) for name, pid in self.pids.items()}

    def _counts(self) -> dict[str, float]:
        try:
            return {name: float(self.database.rows(statement)[0][0]) for name, statement in STATEMENTS.items()}
        except psycopg.Error:
            return {}

    def compare(self, early: tuple[float, float], late: tuple[float, float]) -> list["Growth"]:
        """The medians of two stretches of time, each from one moment to another."""
        names = [*(f"{name}, MB" for name in self.pids), *STATEMENTS]
        return [Growth(name, self._median(name, *early), self._median(name, *late)) for name in names]

    def _median(self, name: str, since: float, until: float) -> float:
        found = [values[name] for at, values in self.readings if since <= at <= until and name in values]
        return median(found) if found else float("nan")


@dataclass(frozen=True, slots=True)
class Growth:
    name: str
    early: float
    late: float

    @property
    def is_fine(self) -> bool:
        times, besides = LETS_GROW_BY.get(self.name, MEMORY_MAY_GROW_BY)
        return self.late <= self.early * times + besides


def megabytes(pid: int) -> float:
    """Resident memory of a process and of all that it started."""
    return sum(_resident(each) for each in _tree(pid))


def _tree(pid: int) -> Sequence[int]:
    pids = [pid]
    for parent in pids:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            pids += map(int, task.read_text().split())
    return pids


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6
