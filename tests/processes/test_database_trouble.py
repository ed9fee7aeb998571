"""PostgreSQL crashes, is gone for a while, runs out of connections, of disk, or of the right to write."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random
from time import sleep

import psycopg
import pytest

from tests.processes import cluster, ground
from tests.processes.balance import assert_all_is_well
from tests.processes.cluster import Cluster
from tests.processes.crowd import Crowd
from tests.processes.ground import Database
from tests.processes.installation import Installation, environment, installed
from tests.processes.stage import eventually

pytestmark = [pytest.mark.processes, pytest.mark.cluster, pytest.mark.slow]

GONE_FOR = 20
DISK = "160m"
TABLES = ("inboundevent", "conversation", "message", "delivery", "attempt")


@contextmanager
def house(own: Cluster, folder: Path) -> Iterator[Installation]:
    template = own.database.named("template")
    template.create()
    ground.prepare(template, environment())
    with installed(folder, template) as installation:
        yield installation


@pytest.fixture
def own() -> Iterator[Cluster]:
    with cluster.running("max_connections=40") as own:
        yield own


@pytest.fixture
def installation(own: Cluster, tmp_path: Path) -> Iterator[Installation]:
    with house(own, tmp_path) as installation:
        yield installation


def crowd_for(installation: Installation, chance: Random, seconds: float) -> Crowd:
    return Crowd(port=installation.stage.port, chance=chance, people=25, messages=10, seconds=seconds)


def assert_put_off_or_taken(crowd: Crowd) -> None:
    """What could not be stored was not said to be: Meta was asked to come back."""
    found = {(answer.status, answer.retry_after.isdecimal()) for answer in crowd.answers}
    assert found <= {(200, False), (503, True)}, found


def test_gone_for_a_while(own: Cluster, installation: Installation, chance: Random) -> None:
    crowd = crowd_for(installation, chance, GONE_FOR + 10)
    installation.stage.start()
    with crowd.talking():
        sleep(3)
        own.end()
        sleep(GONE_FOR)
        own.start()
    assert_put_off_or_taken(crowd)
    assert any(answer.status == 503 for answer in crowd.answers)
    assert_all_is_well(installation.meta, installation.books, crowd)


def test_crashing_again_and_again(own: Cluster, installation: Installation, chance: Random) -> None:
    crowd = crowd_for(installation, chance, 25)
    installation.stage.start()
    with crowd.talking():
        for _ in range(5):
            sleep(chance.uniform(1, 5))
            own.crash()
            own.start()
    assert_put_off_or_taken(crowd)
    assert_all_is_well(installation.meta, installation.books, crowd)


def test_out_of_connections(own: Cluster, installation: Installation, chance: Random) -> None:
    crowd = crowd_for(installation, chance, 20)
    installation.stage.start()
    with crowd.talking():
        for _ in range(3):
            sleep(1)
            with ExitStack() as hog:
                take_all_connections(own.database.named("postgres"), hog)
                sleep(4)
    assert_put_off_or_taken(crowd)
    assert_all_is_well(installation.meta, installation.books, crowd)


def take_all_connections(database: Database, hog: ExitStack) -> None:
    with suppress(psycopg.OperationalError):
        while True:
            hog.enter_context(psycopg.connect(database.url))


def test_read_only_for_a_while(installation: Installation, chance: Random) -> None:
    """As a server is that was the primary until a moment ago."""
    crowd = crowd_for(installation, chance, 25)
    database = installation.database
    installation.stage.start()
    with crowd.talking():
        sleep(3)
        database.named("postgres").do(f'ALTER DATABASE "{database.name}" SET default_transaction_read_only = on')
        database.break_off_everybody()
        sleep(10)
        database.named("postgres").do(f'ALTER DATABASE "{database.name}" SET default_transaction_read_only = off')
        database.break_off_everybody()
    assert_put_off_or_taken(crowd)
    assert any(answer.status == 503 for answer in crowd.answers)
    assert_all_is_well(installation.meta, installation.books, crowd)


def test_every_fourth_write_finds_no_room(installation: Installation, chance: Random) -> None:
    crowd = crowd_for(installation, chance, 30)
    installation.stage.start()
    with crowd.talking():
        sleep(2)
        with short_of_room(installation.database, share=0.25):
            sleep(20)
    assert_put_off_or_taken(crowd)
    assert any(answer.status == 503 for answer in crowd.answers)
    assert_all_is_well(installation.meta, installation.books, crowd)


@contextmanager
def short_of_room(database: Database, share: float) -> Iterator[None]:
    """Meanwhile this share of all statements that write ends as where a file cannot grow any more."""
    names = [f"channels_app_{table}" for table in TABLES]
    trigger = "CREATE TRIGGER find_room BEFORE INSERT OR UPDATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION find_room()"
    database.do(
        f"""
        CREATE FUNCTION find_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF random() < {share} THEN
                RAISE 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full';
            END IF;
            RETURN NULL;
        END $$
        """,
        *map(trigger.format, names),
    )
    try:
        yield
    finally:
        database.do(*(f"DROP TRIGGER find_room ON {name}" for name in names), "DROP FUNCTION find_room")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system that is soon full."""
    folder = Path(tempfile.mkdtemp(prefix="ocs-meta-disk-"))
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", folder], capture_output=True)
    if made.returncode:
        folder.rmdir()
        pytest.skip("skipped for lack of the right to mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


def test_a_full_disk(small_disk: Path, tmp_path: Path, chance: Random) -> None:
    small_disk.chmod(0o755)
    with cluster.running("max_wal_size=32MB", "min_wal_size=32MB", on=small_disk) as own, house(own, tmp_path) as there:
        crowd = crowd_for(there, chance, 30)
        there.stage.start()
        with crowd.talking():
            sleep(2)
            ballast = small_disk / "ballast"
            fill(ballast)
            assert eventually(lambda: any(answer.status == 503 for answer in crowd.answers), 25)
            sleep(5)
            ballast.unlink()
            if not own.is_running:
                own.start()
        assert_put_off_or_taken(crowd)
        assert_all_is_well(there.meta, there.books, crowd)


def fill(file: Path) -> None:
    """Grow until nothing is left."""
    with suppress(OSError), file.open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(65536))
