"""A process that cannot work says why in one line, and does not start."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.processes.ground import Database
from tests.processes.installation import environment
from tests.processes.stage import Process, commands, free_port

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def empty(template: Database) -> Iterator[Database]:
    """A database without a single migration."""
    database = replace(template, name=f"{template.name}_empty")
    database.create()
    yield database
    database.drop()


def refusals(folder: Path, **said: str) -> dict[str, tuple[int, str]]:
    """Exit status and words of every process of the Procfile that is started so."""
    started = [Process(name, environment(PORT=str(free_port()), **said), folder) for name in commands()]
    try:
        return {process.name: (process.wait(), process.said()) for process in started}
    finally:
        for process in started:
            process.clear_away()


def assert_each_refuses(found: dict[str, tuple[int, str]], words: str) -> None:
    assert found.keys() == commands().keys()
    for status, said in found.values():
        assert (status, said.count("\n"), words in said) == (1, 1, True), said


def test_without_migrations(tmp_path: Path, empty: Database) -> None:
    assert_each_refuses(refusals(tmp_path, DATABASE_URL=empty.url), "migrations are missing: run manage.py migrate")


def test_without_a_broker(tmp_path: Path, template: Database) -> None:
    assert_each_refuses(refusals(tmp_path, DATABASE_URL=template.url, REDIS_URL=""), "REDIS_URL is missing")


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS"])
def test_without_a_secret(name: str, tmp_path: Path, template: Database) -> None:
    assert_each_refuses(refusals(tmp_path, DATABASE_URL=template.url, **{name: ""}), f"{name} is missing")


def test_with_a_value_that_is_none(tmp_path: Path, template: Database) -> None:
    wrong = {"DATABASE_URL": template.url, "SITE_URL": "bots.example.org"}
    assert_each_refuses(refusals(tmp_path, **wrong), "SITE_URL must be an address")
