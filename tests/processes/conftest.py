"""For each test an installation of its own, in which nothing runs yet."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ground
from tests.processes.ground import Books, Database
from tests.processes.installation import Installation, environment, installed
from tests.processes.meta import Meta
from tests.processes.stage import Stage


@pytest.fixture(scope="session")
def template() -> Iterator[Database]:
    """A database with all migrations and the clinic, from which each installation's own is made."""
    database = Database.of_settings(f"ocs_meta_processes_{os.getpid()}")
    database.drop()
    database.create()
    try:
        ground.prepare(database, environment())
        yield database
    finally:
        database.drop()


@pytest.fixture
def installation(tmp_path: Path, template: Database) -> Iterator[Installation]:
    with installed(tmp_path, template) as installation:
        yield installation


@pytest.fixture
def stage(installation: Installation) -> Stage:
    return installation.stage


@pytest.fixture
def meta(installation: Installation) -> Meta:
    return installation.meta


@pytest.fixture
def database(installation: Installation) -> Database:
    return installation.database


@pytest.fixture
def books(installation: Installation) -> Books:
    return installation.books


@pytest.fixture
def chance() -> random.Random:
    """Chance that can be had again: `SEED=… make test`."""
    seed = int(os.environ.get("SEED") or random.randrange(1_000_000))
    print(f"SEED={seed}")  # noqa: T201 - pytest shows it where the test fails
    return random.Random(seed)
