"""Brokers that a test may stop: a Redis and a RabbitMQ of its own."""

import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import redis

from tests.processes.stage import eventually, free_port

REDIS_SERVER = shutil.which("redis-server") or ""


class OwnRedis:
    """A redis-server on a port of its own, that keeps nothing when it stops."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [REDIS_SERVER, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen([*command, "--dir", str(self._folder)], stdout=log, stderr=log)
        assert eventually(self._answers, 60), "redis-server does not answer"

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It takes connections still, and answers nobody."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as server:
            server.flushall()

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as server, suppress(redis.ConnectionError):
            return bool(server.ping())
        return False
