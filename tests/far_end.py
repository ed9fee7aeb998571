"""A server on a port of this machine that answers as a test tells it, and keeps what it was asked."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RD, socket
from threading import Lock, Thread
from typing import Any, cast

import pytest

Answer = tuple[int, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. Names of headers are as they were sent."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class FarEnd:
    """`answers` are given one by one, then `otherwise`, which may look at what was asked; each a status and JSON."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    otherwise: Callable[[Asked], Answer] = lambda asked: (200, {})
    headers: dict[str, str] = field(default_factory=dict)
    zipped: bool = False
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    open: set[socket] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def take(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            if self.answers:
                return self.answers.pop(0)
        return self.otherwise(asked)

    def met(self, connection: socket) -> None:
        with self._lock:
            self.connections += 1
            self.open.add(connection)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 256
    far_end: FarEnd

    def hang_up(self) -> None:
        """Let go of connections that are kept for a next request."""
        for connection in self.far_end.open.copy():
            with suppress(OSError):
                connection.shutdown(SHUT_RD)

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asked may hang up whenever they like."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = 10

    def setup(self) -> None:
        super().setup()
        cast(_Server, self.server).far_end.met(self.connection)

    def finish(self) -> None:
        super().finish()
        cast(_Server, self.server).far_end.open.discard(self.connection)

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Tests look at what was asked, not at lines."""

    def _answer(self) -> None:
        far_end = cast(_Server, self.server).far_end
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, said = far_end.take(Asked(self.path, dict(self.headers), body))
        raw = b"" if said is None else said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        if far_end.zipped:
            raw = gzip.compress(raw)
            self.send_header("Content-Encoding", "gzip")
        for name, value in far_end.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(raw)


@contextmanager
def served() -> Iterator[FarEnd]:
    """A server that answers until the block is left."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.far_end = FarEnd(f"http://127.0.0.1:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.far_end
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    with served() as far_end:
        yield far_end
