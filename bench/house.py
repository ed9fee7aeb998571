"""Where a row is measured: a database and a Redis of its own, Meta, and the processes of the Procfile."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import redis
from django.conf import settings

from bench.costs import Group, Meter, Noise
from bench.meta import client
from bench.meta.bodies import Mail
from bench.meta.client import ROOT, MetaProcess, Posted
from tests.processes.ground import Books, Database
from tests.processes.installation import environment
from tests.processes.stage import Stage, eventually, free_port

REDIS_SERVER = shutil.which("redis-server") or ""
_places = count()


@dataclass(frozen=True, slots=True)
class House:
    folder: Path
    database: Database
    redis_url: str
    meta: MetaProcess
    stage: Stage
    noise: list[Noise]

    @property
    def port(self) -> int:
        return self.stage.port

    def post(self, mail: Mail, server: tuple[int, int] | None = None, **how: Any) -> Posted:
        """Post `mail` to the web process, or to the port and process of another `server`; see what it costs.

        Where `echoes` are asked for, each message has to be answered.
        """
        port, pid = server or (self.port, self.stage["web"].pid)
        meter = self.meter(web=Group([pid]))
        posted = self.meta.post(port, mail, **how)
        if posted.unechoed:
            books = Books(self.database).open_items()
            raise SystemExit(f"{posted.unechoed} of {mail.posts} messages were not answered; open: {books}")
        cpu = meter.read()
        self.noise.append(Noise(elsewhere=cpu["elsewhere"], wall=cpu["wall"]))
        return replace(posted, cpu=cpu)

    def start(self, *names: str, **said: str) -> None:
        """Start these processes of the Procfile, and wait until each works."""
        for name in names:  # one after the other: they are not given much time
            self.stage.start(name, **said)
            self.stage.wait_until_started(name)

    def meter(self, **more: Group) -> Meter:
        """Of all that works here. PostgreSQL's are the connections to this database, without its common processes."""
        groups: dict[str, Any] = {name: Group([process.pid]) for name, process in self.stage.processes.items()}
        groups |= {"postgres": partial(connections, self.database), "meta": Group([self.meta.pid])}
        with redis.Redis.from_url(self.redis_url) as server:
            groups["redis"] = Group([int(server.info("server")["process_id"])])
        return Meter(groups | more)

    def count(self, table: str, condition: str = "true") -> int:
        ((found,),) = self.database.rows(f"SELECT count(*) FROM channels_app_{table} WHERE {condition}")
        return int(found)

    def run(self, statement: str) -> None:
        with psycopg.connect(self.database.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def store(self, *, turns: int, numbers: int, people: int) -> None:
        """Have so many turns behind us."""
        run_python(f"from bench import fill; fill.store({turns}, {numbers}, {people})", dict(self.stage.environment))

    def settle(self, *names: str) -> None:
        """End these processes, and forget every bell and every rate."""
        for name in names:
            self.stage[name].end()
            del self.stage.processes[name]
        forget(self.redis_url, self.stage.environment["REDIS_KEY_PREFIX"])


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rows of one run have in common: the empty database to copy, and a place for logs."""

    template: Database
    folder: Path
    noise: list[Noise] = field(default_factory=list)

    @contextmanager
    def house(self, *, numbers: int = 10, per_account: int = 1, engine: str = "echo", **config: Any) -> Iterator[House]:
        """A house with so many numbers, each answered by such a bot; nothing runs in it yet."""
        place = next(_places)
        folder = self.folder / str(place)
        folder.mkdir()
        with ExitStack() as stack:
            database = stack.enter_context(_copy(self.template, f"{self.template.name}_{place}"))
            redis_url = stack.enter_context(_own_redis(folder))
            meta = stack.enter_context(client.running())
            said = surroundings(DATABASE_URL=database.url, REDIS_URL=redis_url, GRAPH_API_URL=meta.graph_url)
            said["MEDIA_ROOT"] = str(folder / "media")
            run_python(f"from bench import seed; seed.sow({numbers}, {per_account}, {engine!r}, {config!r})", said)
            port = free_port()
            stage = Stage(folder, said | {"PORT": str(port)}, port)
            stack.callback(forget, redis_url, said["REDIS_KEY_PREFIX"])
            stack.callback(stage.clear_away)
            yield House(folder, database, redis_url, meta, stage, self.noise)


@contextmanager
def prepared() -> Iterator[Ground]:
    """A database with all migrations and nothing else, until the rows are through."""
    with tempfile.TemporaryDirectory(prefix="ocs-meta-bench-") as folder:
        template = Database.of_settings(f"ocs_meta_bench_{Path(folder).name[-8:]}".lower())
        template.create()
        try:
            said = surroundings(DATABASE_URL=template.url)
            run_python("from django.core.management import call_command; call_command('migrate', verbosity=0)", said)
            yield Ground(template, Path(folder))
        finally:
            template.drop()


def surroundings(**said: str) -> dict[str, str]:
    """The environment of the processes: what production needs, and its defaults for all else."""
    return without(environment(), "WEB_CONCURRENCY") | {"DJANGO_SETTINGS_MODULE": "bench.settings", **said}


def without(said: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in said.items() if name not in names}


def forget(redis_url: str, prefix: str) -> None:
    """Take all keys of ours away, from a Redis that others may use as well."""
    with redis.Redis.from_url(redis_url) as server:
        for key in server.scan_iter(match=f"*{prefix}*", count=1000):
            server.delete(key)


def run_python(code: str, said: dict[str, str]) -> None:
    """Run `code` in a process that has the environment of the others."""
    subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], cwd=ROOT, env=said, check=True)


def connections(database: Database) -> list[int]:
    """The processes of PostgreSQL that serve this database, where it runs on this machine."""
    found = database.rows(
        "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", database.name
    )
    return [pid for (pid,) in found if _is_postgres(pid)]


def _is_postgres(pid: int) -> bool:
    comm = Path(f"/proc/{pid}/comm")
    return comm.exists() and comm.read_text().startswith("postgres")


@contextmanager
def _copy(template: Database, name: str) -> Iterator[Database]:
    database = Database(name, template.host, template.port, template.user, template.password)
    database.create(template.name)
    try:
        yield database
    finally:
        database.drop()


@contextmanager
def _own_redis(folder: Path) -> Iterator[str]:
    """A Redis as production is told to run it; that of REDIS_URL where there is no redis-server to start."""
    if not REDIS_SERVER:
        if not settings.REDIS_URL:
            raise SystemExit("There is no redis-server to start, and REDIS_URL names none")
        yield settings.REDIS_URL
        return
    port = free_port()
    command = [REDIS_SERVER, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen([*command, "--appendonly", "yes"], stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"redis://127.0.0.1:{port}/0"
        if not eventually(lambda: _answers(url), 10):
            raise SystemExit(f"redis-server does not answer: {(folder / 'redis.log').read_text()}")
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as server:
        try:
            return bool(server.ping())
        except redis.ConnectionError:
            return False
