"""The floor's servers: gunicorn as performance is told against, and the server of the product."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.floor.view import PATH
from bench.house import House
from bench.meta.client import ROOT
from tests.processes.stage import eventually, free_port

GUNICORN = "gunicorn --workers 2 --threads 8 --timeout 0 --keep-alive 2 --no-control-socket --log-level warning"


@contextmanager
def under_gunicorn(folder: Path) -> Iterator[tuple[int, int]]:
    """Its port and process."""
    port = free_port()
    options = ["--bind", f"127.0.0.1:{port}", "bench.floor.wsgi:application"]
    said = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with _running([sys.executable, "-m", *GUNICORN.split(), *options], said, folder / "floor.log") as pid:
        _wait(port, folder / "floor.log")
        yield port, pid


@contextmanager
def under_our_own(house: House) -> Iterator[tuple[int, int]]:
    """The same, of `manage.py web` with another view in it."""
    port = free_port()
    said = {**house.stage.environment, "PORT": str(port), "DJANGO_SETTINGS_MODULE": "bench.floor.settings"}
    log = house.folder / "own-floor.log"
    with _running([sys.executable, "manage.py", "web"], said, log) as pid:
        _wait(port, log)
        yield port, pid


@contextmanager
def _running(command: list[str], said: dict[str, str], log: Path) -> Iterator[int]:
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command, cwd=ROOT, env=said, stdout=lines, stderr=lines, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(port: int, log: Path) -> None:
    if not eventually(lambda: _answers(port), 30):
        raise SystemExit(f"The floor's server does not answer at {PATH}: {log.read_text()}")


def _answers(port: int) -> bool:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", PATH)
        return connection.getresponse().status == 403
    except OSError:
        return False
    finally:
        connection.close()
