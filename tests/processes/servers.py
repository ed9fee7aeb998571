"""Servers that a test may stop: a Redis of its own, and a wire to PostgreSQL that can be cut."""

import select
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any

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


class Wire:
    """A port of this machine that leads to another, until it is cut: then what it carried is broken off."""

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self._lock = Lock()
        self._ends: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.port = free_port()
        self.mend()

    def cut(self) -> None:
        """Nobody gets through, and those who were speaking are broken off."""
        with self._lock:
            listener, self._listener = self._listener, None
            ends, self._ends = self._ends, set()
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self._listener = listener
        Thread(target=self._accept, args=(listener,), name="wire", daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            Thread(target=self._carry, args=(listener, near), name="wire", daemon=True).start()

    def _carry(self, listener: socket.socket, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(self._there, timeout=5) as far:
            with self._lock:
                if self._listener is not listener:
                    return
                self._ends |= {near, far}
            _pass_on(near, far)
            with self._lock:
                self._ends -= {near, far}


def _pass_on(near: socket.socket, far: socket.socket) -> None:
    while True:
        readable: list[Any] = select.select([near, far], [], [])[0]
        for end in readable:
            data = end.recv(65536)
            if not data:
                return
            (far if end is near else near).sendall(data)
