"""The processes of the Procfile, as an operator starts them, on the database of the test that asks."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def database_url() -> str:
    """The address of the database that this test uses."""
    used = connection.settings_dict
    login = f"{quote(used['USER'])}:{quote(used['PASSWORD'])}"
    return f"postgres://{login}@{used['HOST']}:{used['PORT'] or 5432}/{used['NAME']}"


def environment(**said: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "OCS_META_IGNORE_ENV_FILE": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "REDIS_URL": settings.REDIS_URL,
        "REDIS_KEY_PREFIX": settings.REDIS_KEY_PREFIX,
        **said,
    }


class Process:
    """One of `manage.py`'s long-running commands, and what it has said so far."""

    def __init__(self, name: str, log: IO[bytes], **said: str) -> None:
        self._log = Path(log.name)
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", name], cwd=ROOT, env=environment(**said), stdout=log, stderr=subprocess.STDOUT
        )

    def said(self) -> str:
        return self._log.read_text()

    def wait_for_line(self, words: str, within: float = 60) -> None:
        until(lambda: words in self.said(), within, f"{words!r} among its lines", self.said)

    def children(self) -> list[int]:
        path = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def wait(self) -> int:
        """The exit status of a process that ends by itself."""
        return self._process.wait(timeout=60)

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """The exit status, and how many seconds the end took."""
        began = time.monotonic()
        if self._process.poll() is None:
            self._process.send_signal(with_signal)
        return self._process.wait(timeout=60), time.monotonic() - began


@contextmanager
def running(name: str, folder: Path, **said: str) -> Iterator[Process]:
    with (folder / f"{name}-{time.monotonic_ns()}.log").open("wb") as log:
        process = Process(name, log, **said)
        try:
            yield process
        finally:
            process.end(signal.SIGKILL)


def until(holds: Callable[[], bool], within: float, what: str, said: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"not within {within} s: {what}\n{said()}"
        time.sleep(0.05)


def answers(port: int, path: str = "/health/") -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False
