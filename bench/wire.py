"""A wire to PostgreSQL that counts the statements which pass through it, as its protocol frames them.

https://www.postgresql.org/docs/15/protocol-message-formats.html
"""

import re
import socket
import socketserver
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from struct import unpack
from threading import Lock, Thread

NEGOTIATIONS = (80877103, 80877104)
"""Asking for TLS, or for GSS: no start yet."""
LITERAL = re.compile(r"'(?:[^']|'')*'|\$\d+|\b\d+(?:\.\d+)?\b")


class Count:
    """Statements by their text, with what stands in them for values taken away."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.statements: Counter[str] = Counter()

    def add(self, sql: str) -> None:
        with self._lock:
            self.statements[re.sub(r"\s+", " ", LITERAL.sub("?", sql)).strip()[:160]] += 1

    @property
    def total(self) -> int:
        return self.statements.total()


class _Reader:
    """What one client says: each simple query counts, and each execution of a prepared one."""

    def __init__(self, count: Count) -> None:
        self._count = count
        self._buffer = bytearray()
        self._has_started = False
        self._prepared: dict[bytes, str] = {}
        self._portals: dict[bytes, str] = {}

    def feed(self, data: bytes) -> None:
        self._buffer += data
        while self._next():
            pass

    def _next(self) -> bool:
        start = 1 if self._has_started else 0
        if len(self._buffer) < start + 8 - 4 * start:
            return False
        (length,) = unpack("!I", self._buffer[start : start + 4])
        if len(self._buffer) < start + length:
            return False
        kind, body = bytes(self._buffer[:start]), bytes(self._buffer[start + 4 : start + length])
        del self._buffer[: start + length]
        if self._has_started:
            self._message(kind, body)
        else:
            self._has_started = unpack("!I", body[:4])[0] not in NEGOTIATIONS
        return True

    def _message(self, kind: bytes, body: bytes) -> None:
        first, _, rest = body.partition(b"\0")
        second = rest.partition(b"\0")[0]
        if kind == b"Q":
            self._count.add(first.decode())
        elif kind == b"P":
            self._prepared[first] = second.decode()
        elif kind == b"B":
            self._portals[first] = self._prepared.get(second, "")
        elif kind == b"E":
            self._count.add(self._portals.get(first, ""))


@contextmanager
def counting(host: str, port: int) -> Iterator[tuple[int, Count]]:
    """A port of this machine that leads to that server, and the count of what passes; TLS it does not understand."""
    count = Count()

    class Carrier(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((host, port)) as there:
                back = Thread(target=_pass_on, args=(there, self.request), name="wire-back", daemon=True)
                back.start()
                reader = _Reader(count)
                while data := _received(self.request):
                    reader.feed(data)
                    there.sendall(data)
                there.shutdown(socket.SHUT_WR)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Carrier) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), name="wire", daemon=True)
        thread.start()
        try:
            yield server.server_address[1], count
        finally:
            server.shutdown()
            thread.join()


def _received(there: socket.socket) -> bytes:
    try:
        return there.recv(65536)
    except OSError:
        return b""


def _pass_on(here: socket.socket, there: socket.socket) -> None:
    while data := _received(here):
        try:
            there.sendall(data)
        except OSError:
            return
