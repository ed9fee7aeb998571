"""A demo of one's own: the real process, on a free port, with a folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import requests

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 240
ANSWERS_WITHIN = 60
ENDS_WITHIN = 30


@dataclass
class Demo:
    process: "subprocess.Popen[str]"
    url: str
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text()

    def login(self) -> tuple[str, str]:
        """The e-mail and the password that it printed."""
        found = re.search(r"E-mail\s+(\S+)\s+Password\s+(\S+)", self.said)
        assert found, self.said
        return found[1], found[2]

    def newcomer(self) -> str:
        """The address of a phone on which nothing was said yet: its owner is new, and writes to the bot's number."""
        with requests.Session() as browser:
            number = browser.get(f"{self.url}/simulator/", timeout=ANSWERS_WITHIN).url.split("/")[4]
            typed = {"name": "Lindiwe", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            added = browser.post(f"{self.url}/simulator/{number}/", typed, timeout=ANSWERS_WITHIN)
            return added.url

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(ENDS_WITHIN)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def command(folder: Path, port: int, log: Path) -> "subprocess.Popen[str]":
    environment = {
        "PATH": os.environ["PATH"],
        "DEMO_FOLDER": str(folder),
        "PORT": str(port),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/elsewhere",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    with log.open("w") as file:
        return subprocess.Popen(
            [sys.executable, "-W", "error", "manage.py", "demo"],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
        )


@contextmanager
def running(folder: Path) -> Iterator[Demo]:
    """A demo that answers, until the block is left."""
    port, log = free_port(), folder / f"log-{monotonic()}.txt"
    demo = Demo(command(folder, port, log), f"http://127.0.0.1:{port}", log)
    try:
        _wait_for(demo)
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()


def _wait_for(demo: Demo) -> None:
    until = monotonic() + STARTS_WITHIN
    while monotonic() < until:
        assert demo.process.poll() is None, demo.said
        try:
            if requests.get(f"{demo.url}/health/", timeout=10).ok:
                return
        except requests.RequestException:
            sleep(0.1)
    raise AssertionError(f"The demo does not answer: {demo.said}")
