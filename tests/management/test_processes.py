"""The processes of the Procfile end when they are told to, and start again when they were killed."""

import signal
from pathlib import Path

import pytest

from tests.management.processes import answers, database_url, free_port, running, until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_web_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    port = free_port()
    with running("web", tmp_path, DATABASE_URL=database_url(), PORT=str(port)) as web:
        until(lambda: answers(port), 20, "an answer")
        status, seconds = web.end(signal.SIGTERM)
    assert status == 0
    assert seconds < 5
    assert not answers(port)


def test_web_starts_again_on_its_port_after_kill_9(tmp_path: Path) -> None:
    port = free_port()
    said = {"DATABASE_URL": database_url(), "PORT": str(port)}
    with running("web", tmp_path, **said) as first:
        until(lambda: answers(port), 20, "an answer")
        left_behind = first.children()
        first.end(signal.SIGKILL)
        with running("web", tmp_path, **said) as second:
            second.wait_for_line("Started worker-1")
            assert not any(is_alive(pid) for pid in left_behind)
            until(lambda: answers(port), 10, "an answer")


def test_web_leaves_a_port_to_whoever_has_it(tmp_path: Path) -> None:
    port = free_port()
    said = {"DATABASE_URL": database_url(), "PORT": str(port)}
    with running("web", tmp_path, **said) as first:
        first.wait_for_line("Started worker-1")
        with running("web", tmp_path, **said) as second:
            second.wait_for_line(f"PORT {port} cannot be had")
            assert second.wait() == 1


@pytest.mark.parametrize(("command", "line"), [("worker", " ready."), ("beat", "beat: Starting")])
def test_worker_and_beat_end_cleanly_on_sigterm(command: str, line: str, tmp_path: Path) -> None:
    with running(command, tmp_path, DATABASE_URL=database_url(), LOG_LEVEL="DEBUG") as process:
        process.wait_for_line(line)
        status, seconds = process.end(signal.SIGTERM)
    assert status == 0
    assert seconds < 10
