"""What every test may ask for, and what is left out where a server or Chromium is missing."""

import os
import shutil
import socket
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import pytest
from hypothesis import HealthCheck

from tests import redis_keys
from tests.processes import cluster, servers

pytest_plugins = ["tests.fixtures", "tests.far_end", "channels_app.simulator.pytest"]

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    "/usr/bin/chromium",
)
SKIPPED = "skipped for lack of "

SHARING_THE_MACHINE = ("processes", "browser")
"""Marks of tests that another's load may starve: they are tried a second time, which the summary says."""

hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("patient")


def _answers(address: str, default_port: int) -> bool:
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or default_port), timeout=2).close()
    except OSError:
        return False
    return True


def _missing() -> dict[str, str]:
    """Marks whose tests cannot run here, and what they lack."""
    database, broker = os.environ["DATABASE_URL"], os.environ.get("REDIS_URL", "")
    missing = {}
    if not database.startswith("postgres") or not _answers(database, 5432):
        missing["postgres"] = "PostgreSQL (DATABASE_URL)"
    if not broker or not _answers(broker, 6379):
        missing["redis"] = "Redis (REDIS_URL)"
    if lacks := [missing[server] for server in ("postgres", "redis") if server in missing]:
        missing["processes"] = " and ".join(lacks)
    if not servers.RABBITMQ_SERVER:
        missing["rabbitmq"] = "rabbitmq-server"
    if not cluster.SERVER:
        missing["cluster"] = "PostgreSQL's programs (initdb, postgres)"
    if not Path(CHROMIUM).exists():
        missing["browser"] = "Chromium"
    return missing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = _missing()
    for item in items:
        if any(item.get_closest_marker(mark) for mark in SHARING_THE_MACHINE):
            item.add_marker(pytest.mark.flaky(reruns=1))
        for mark, lack in missing.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=SKIPPED + lack))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out: a suite that skips in silence proves less than it seems to."""
    left_out: defaultdict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.getreports("skipped"):
        if isinstance(report.longrepr, tuple) and SKIPPED in report.longrepr[2]:
            left_out[report.longrepr[2].removeprefix("Skipped: ")].append(report.nodeid)
    for reason, tests in sorted(left_out.items()):
        terminalreporter.section(f"{reason}: {len(tests)} tests")
        for test in sorted(tests):
            terminalreporter.line(test)


@pytest.fixture(scope="session", autouse=True)
def _clean_redis() -> Iterator[None]:
    yield
    if "redis" not in _missing():
        redis_keys.forget()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium for Playwright's `executable_path`."""
    return CHROMIUM
