"""One soak: an installation that is troubled and steady processes beside it, traffic for both, and what was found."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from time import monotonic

from django.conf import settings

from tests.processes import cluster, ground
from tests.processes.cluster import Cluster
from tests.processes.crowd import Crowd
from tests.processes.ground import Database
from tests.processes.installation import Installation, environment, installed
from tests.processes.servers import REDIS_SERVER, OwnRedis
from tests.processes.stage import Stage, eventually, free_port
from tests.processes.weather import Mishap, Weather
from tests.soak import balance
from tests.soak.balance import Balance
from tests.soak.faults import Trouble
from tests.soak.gauges import Gauges, Growth

CALM_SHARE, LEAST_CALM = 1 / 6, 75.0
"""How much of the whole is without faults, at its end; half of that has traffic still."""
SETTLED_WITHIN = 300.0
PEOPLE, EACH_WRITES_EVERY = 30, 8.0
"""On each of two ways in; seconds between two messages of one person, who may be answered once in 6 s."""
LATE = 15.0
"""Seconds by which statuses may be late: what is in doubt waits for 60."""
WEATHER = {
    Mishap.BUSY: 0.008,
    Mishap.FAILING: 0.008,
    Mishap.THROTTLED: 0.002,
    Mishap.TOO_MANY: 0.003,
    Mishap.PROXY_REFUSES: 0.003,
    Mishap.UNREAD: 0.003,
    Mishap.UNTAKEN: 0.003,
    Mishap.PROXY_TAKEN: 0.008,
    Mishap.CUT_TAKEN: 0.008,
    Mishap.HALF: 0.008,
    Mishap.HANGS: 0.002,
}


@dataclass(slots=True)
class Found:
    balance: Balance
    growth: list[Growth]
    faults: dict[str, int]
    mishaps: dict[str, int]
    settled_after: float
    complaints: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return self.balance.is_even and all(each.is_fine for each in self.growth) and not self.complaints


@dataclass(frozen=True, slots=True)
class Ground:
    """`steady` are processes that nothing befalls, on the same database and broker as those of the installation."""

    installation: Installation
    steady: Stage
    redis: OwnRedis
    cluster: Cluster | None


def soak(folder: Path, seconds: float, chance: Random) -> Found:
    complaints: list[str] = []
    found: Found | None = None
    try:
        with prepared(folder) as there:
            found = _soak(there, seconds, chance)
    except AssertionError as exc:  # a traceback in a log, or a secret
        if found is None:
            raise
        complaints.append(str(exc)[:2000])
    return replace(found, complaints=complaints)


@contextmanager
def prepared(folder: Path) -> Iterator[Ground]:
    if not REDIS_SERVER:
        raise SystemExit("redis-server is needed: the soak restarts a Redis of its own")
    with ExitStack() as stack:
        redis = OwnRedis(folder)
        redis.start()
        stack.callback(redis.stop)
        own = stack.enter_context(cluster.running("max_connections=200")) if cluster.SERVER else None
        template = own.database.named("soak") if own else _database_of_settings()
        template.create()
        stack.callback(template.drop)
        ground.prepare(template, environment(**redis.environment()))
        installation = stack.enter_context(installed(folder, template))
        installation.stage.environment = {**installation.stage.environment, **redis.environment()}
        port = free_port()
        steady = Stage(folder, {**installation.stage.environment, "PORT": str(port)}, port)
        stack.callback(steady.clear_away)
        yield Ground(installation, steady, redis, own)


def _database_of_settings() -> Database:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        raise SystemExit("PostgreSQL is needed: its programs, or DATABASE_URL")
    return Database.of_settings(f"ocs_meta_soak_{free_port()}")


def _soak(there: Ground, seconds: float, chance: Random) -> Found:
    stage, steady, meta = there.installation.stage, there.steady, there.installation.meta
    weather = meta.weather = Weather(chance, WEATHER)
    assert meta.reporter
    meta.delay, meta.reporter.late, meta.reporter.chance = 0.1, LATE, chance
    steady.start("web", "worker")
    stage.start()
    began, calm = monotonic(), max(LEAST_CALM, seconds * CALM_SHARE)
    crowds = [_crowd(name, at.port, seconds - calm / 2, chance) for name, at in (("stormy", stage), ("steady", steady))]
    trouble = Trouble(chance, stage, there.redis, there.installation.database, there.cluster)
    pids = {f"steady {name}": process.pid for name, process in steady.processes.items()}
    with Gauges(there.installation.database, pids) as gauges:
        with crowds[0].talking(), crowds[1].talking():
            trouble.go_on(until=began + seconds - calm)
            weather.over, meta.reporter.late = True, 0.0
        load_ended = monotonic()
        found = _settled(there, crowds)
    growth = gauges.compare((began + seconds * 0.15, began + seconds * 0.35), (load_ended - calm / 2, load_ended))
    mishaps = {mishap.value: count for mishap, count in weather.met.items()}
    return Found(found, growth, dict(trouble.happened), mishaps, monotonic() - load_ended)


def _crowd(name: str, port: int, seconds: float, chance: Random) -> Crowd:
    messages = int(seconds / EACH_WRITES_EVERY)
    return Crowd(port=port, chance=chance, people=PEOPLE, messages=messages, seconds=seconds, name=name)


def _settled(there: Ground, crowds: list[Crowd]) -> Balance:
    """The books when they are even, or when long enough was waited for that."""
    house = there.installation

    def look() -> Balance:
        return balance.struck(house.meta, house.database, house.books, crowds)

    eventually(lambda: look().is_even, SETTLED_WITHIN, pause=2)
    return look()


def table(found: Found) -> str:
    books = found.balance
    rows = [
        ("accepted", books.accepted),
        ("answered", books.answered),
        ("given up after two unknown outcomes", books.given_up),
        ("lost", len(books.lost)),
        ("unanswered", len(books.unanswered)),
        ("said twice", len(books.said_twice)),
        ("people whose order was not kept", len(books.disordered)),
        ("without a final state", books.left_open or 0),
        ("even after, s", round(found.settled_after)),
        *((f"{each.name}: early, late", _growth(each)) for each in found.growth),
        *sorted((found.faults | found.mishaps).items()),
        *(("complaint", complaint) for complaint in found.complaints),
        ("all is well", "yes" if found.is_well else "NO"),
    ]
    return "\n".join(f"{name:44} {value}" for name, value in rows)


def _growth(each: Growth) -> str:
    return f"{each.early:.0f}, {each.late:.0f}" + ("" if each.is_fine else "  GROWS")
