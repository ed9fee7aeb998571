"""The stage: the processes of the Procfile as an operator starts them, ends them, and loses them."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import Any

ROOT = Path(__file__).parents[2]
ENDS_WITHIN = 30.0
"""Seconds that a process has after SIGTERM."""
PATIENCE = 2.0
"""How many times longer than a quiet machine needs is waited for what will come: others may be at work beside us."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def eventually(look: Callable[[], Any], within: float, pause: float = 0.05) -> Any:
    """What `look` sees, as soon as it sees something; its last look after `within` seconds of a quiet machine."""
    until = monotonic() + within * PATIENCE
    while not (seen := look()) and monotonic() < until:
        sleep(pause)
    return seen


def commands() -> dict[str, list[str]]:
    """The Procfile, word for word; without a `.venv` beside it, by the Python that runs the tests."""
    lines = [line.partition(":") for line in (ROOT / "Procfile").read_text().splitlines() if line.strip()]
    return {name.strip(): [_existing(word) for word in shlex.split(command)] for name, _, command in lines}


def _existing(word: str) -> str:
    return sys.executable if word == ".venv/bin/python" and not (ROOT / word).exists() else word


class Process:
    """One of them. Its lines go to a file of its own."""

    def __init__(self, name: str, environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}-{monotonic():.6f}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                commands()[name],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        return self.log.read_text()

    def events(self) -> list[str]:
        """What each of its lines is about."""
        lines = [json.loads(line) for line in self.said().splitlines() if line.startswith("{")]
        return [str(line.get("event")) for line in lines]

    def children(self) -> list[int]:
        found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in found.split()]

    def wait(self, within: float = ENDS_WITHIN) -> int:
        """The exit status of a process that ends by itself."""
        return self._process.wait(within)

    def kill(self) -> None:
        """kill -9, and its children are left to themselves."""
        self._process.kill()
        self._process.wait()

    def end(self) -> tuple[int, float]:
        """SIGTERM; gives the exit status, and the seconds that the end took."""
        began = monotonic()
        self._process.terminate()
        return self._process.wait(ENDS_WITHIN), monotonic() - began

    def clear_away(self) -> None:
        """Whatever is left of it and of its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


@dataclass(slots=True)
class Stage:
    """One installation: processes that share an environment. `port` is where its web process listens."""

    folder: Path
    environment: Mapping[str, str]
    port: int
    processes: dict[str, Process] = field(default_factory=dict)
    past: list[Process] = field(default_factory=list)

    def start(self, *names: str, **said: str) -> None:
        """Start these, or all of the Procfile; a web process is waited for until it answers."""
        wanted = names or tuple(commands())
        for name in wanted:
            self.past.append(Process(name, {**self.environment, **said}, self.folder))
            self.processes[name] = self.past[-1]
        if "web" in wanted:
            assert eventually(lambda: self.health().get("database"), 60), self.processes["web"].said()

    def __getitem__(self, name: str) -> Process:
        return self.processes[name]

    def has_started(self, name: str) -> bool:
        """Whether this process says so itself."""
        return STARTED[name] in self[name].said()

    def wait_until_started(self, name: str) -> None:
        assert eventually(lambda: self.has_started(name), 60), self[name].said()

    def health(self) -> dict[str, Any]:
        """What /health/ says; nothing where it is not answered with 200."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5) as answer:
                return dict(json.loads(answer.read()))
        except (OSError, HTTPException):
            return {}

    def logs(self) -> str:
        return "".join(process.said() for process in self.past)

    def clear_away(self) -> None:
        for process in self.past:
            process.clear_away()


STARTED = {"web": "Started worker-1", "worker": " ready.", "beat": "beat starts"}
