"""A wire to a server: a test may cut it, or have it hang."""

import select
import socket
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Any

from tests.processes.stage import free_port


class Wire:
    """A port of this machine that leads to another, until it is cut, and what it carried broken off, or until it
    hangs: then it takes connections and bytes still, and nothing ever arrives.
    """

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self._lock = Lock()
        self._ends: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._flows = Event()
        self._flows.set()
        self.port = free_port()
        self.mend()

    def hang(self) -> None:
        """Nothing gets through, and nobody is told."""
        self._flows.clear()

    def flow(self) -> None:
        """Carry on, with all that was held up."""
        self._flows.set()

    def cut(self) -> None:
        """Nobody gets through, and those who were speaking are broken off."""
        self._flows.set()
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
            self._pass_on(near, far)
            with self._lock:
                self._ends -= {near, far}

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        while True:
            readable: list[Any] = select.select([near, far], [], [])[0]
            for end in readable:
                data = end.recv(65536)
                if not data:
                    return
                self._flows.wait()
                (far if end is near else near).sendall(data)
