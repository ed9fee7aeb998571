"""Faults, one after the other, drawn by chance."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from time import monotonic, sleep

from tests.processes.cluster import Cluster
from tests.processes.ground import Database
from tests.processes.servers import OwnRedis
from tests.processes.stage import Stage

Fault = Callable[[], None]


@dataclass(slots=True)
class Trouble:
    """What may befall the processes of `stage`, and the servers that all share.

    PostgreSQL is left alone where it is not the soak's own.
    """

    chance: Random
    stage: Stage
    redis: OwnRedis
    database: Database
    cluster: Cluster | None
    happened: Counter[str] = field(default_factory=Counter)

    def go_on(self, until: float) -> None:
        """One fault every few seconds, until a moment of the monotonic clock."""
        faults = dict(self.faults())
        shares = [SHARES[name] for name in faults]
        while monotonic() < until:
            sleep(self.chance.uniform(3, 9))
            (name,) = self.chance.choices(list(faults), shares)
            faults[name]()
            self.happened[name] += 1

    def faults(self) -> Iterator[tuple[str, Fault]]:
        for name in ("web", "worker", "beat"):
            yield f"{name} killed", lambda name=name: self.kill(name)  # type: ignore[misc]
        yield "Redis restarted", self.restart_redis
        yield "Redis flushed", self.redis.flush
        yield "connections broken off", self.database.break_off_everybody
        if self.cluster is not None:
            yield "PostgreSQL restarted", self.restart_postgresql
            yield "PostgreSQL crashed", self.crash_postgresql

    def kill(self, name: str) -> None:
        self.stage[name].kill()
        sleep(self.chance.uniform(0, 2))
        self.stage.start(name)

    def restart_redis(self) -> None:
        self.redis.stop()
        sleep(self.chance.uniform(0, 6))
        self.redis.start()

    def restart_postgresql(self) -> None:
        assert self.cluster is not None
        self.cluster.end()
        sleep(self.chance.uniform(0, 6))
        self.cluster.start()

    def crash_postgresql(self) -> None:
        assert self.cluster is not None
        self.cluster.crash()
        sleep(self.chance.uniform(0, 2))
        self.cluster.start()


SHARES = {
    "web killed": 3,
    "worker killed": 5,
    "beat killed": 1,
    "Redis restarted": 2,
    "Redis flushed": 2,
    "PostgreSQL restarted": 1,
    "PostgreSQL crashed": 1,
    "connections broken off": 1,
}
