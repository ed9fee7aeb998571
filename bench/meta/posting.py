"""Posting webhooks over kept-open connections: in a closed loop, at a rate, or with so many unanswered at most."""

import socket
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from bench.meta.loop import Loop

MOST_CONNECTIONS = 64
SILENCE = 30.0
"""Seconds after which a request is taken for lost."""


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    buffer: bytes = b""
    index: int = -1
    retried: bool = False


@dataclass(slots=True)
class Poster:
    """Posts `requests` in their order. With `rate` so many a second are sent, whatever the answers do; without, each
    of `connections` sends its next when it has its answer. With `window` it waits while `answered()` is that far
    behind what was sent.

    `sent_at` and `taken_at` have for each request when it left and when its answer was there.
    """

    loop: Loop
    port: int
    requests: Sequence[bytes]
    connections: int = 8
    rate: float = 0.0
    window: int = 0
    unanswered: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    reconnects: int = 0
    done: int = 0
    began: float = 0.0
    sent_at: list[float] = field(default_factory=list)
    taken_at: list[float] = field(default_factory=list)
    _open: dict[int, _Connection] = field(default_factory=dict)
    _idle: deque[int] = field(default_factory=deque)
    _next: int = 0

    def start(self) -> None:
        """Begin; a rate connects only when it has something to send, as a proxy in front would."""
        self.sent_at, self.taken_at = [0.0] * len(self.requests), [0.0] * len(self.requests)
        most = MOST_CONNECTIONS if self.rate else self.connections
        self.connections = most
        if not self.rate:
            self._idle.extend(self._connect() for _ in range(most))
        self.began = monotonic()
        self.send_what_is_due()

    @property
    def is_over(self) -> bool:
        return self.done >= len(self.requests)

    def echoed(self) -> None:
        """One of what was sent was answered."""
        self.unanswered -= 1
        if self.window:
            self.send_what_is_due()

    def give_up_on_the_silent(self) -> None:
        for fd, connection in list(self._open.items()):
            if connection.index >= 0 and monotonic() - self.sent_at[connection.index] > SILENCE:
                self._drop(fd)
                self._note(connection.index, "silence")

    def close(self) -> None:
        for fd in list(self._open):
            self._drop(fd)

    def send_what_is_due(self) -> None:
        while self._next < len(self.requests) and (self._idle or len(self._open) < self.connections):
            if self.rate and (due := self.began + self._next / self.rate) > monotonic():
                self.loop.at(due, self.send_what_is_due)
                return
            if self.window and self.unanswered >= self.window:
                return
            fd = self._idle.pop() if self._idle else self._connect()
            self._next += 1
            self.unanswered += 1
            self._send(fd, self._next - 1)

    def _connect(self) -> int:
        there = socket.create_connection(("127.0.0.1", self.port), SILENCE)
        there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        fd = there.fileno()
        self._open[fd] = _Connection(there)
        self.loop.watch(fd, lambda: self._hear(fd))
        return fd

    def _drop(self, fd: int) -> None:
        self.loop.leave(fd)
        self._open.pop(fd).socket.close()

    def _send(self, fd: int, index: int, retried: bool = False) -> None:
        connection = self._open[fd]
        connection.buffer, connection.index, connection.retried = b"", index, retried
        self.sent_at[index] = self.sent_at[index] or monotonic()
        try:
            connection.socket.sendall(self.requests[index])
        except OSError:
            return  # the server has closed it: the reading side sees that, and sends again

    def _hear(self, fd: int) -> None:
        connection = self._open[fd]
        try:
            chunk = connection.socket.recv(65536)
        except OSError:
            chunk = b""
        if not chunk:
            self._closed(fd, connection)
            return
        connection.buffer += chunk
        head, separator, body = connection.buffer.partition(b"\r\n\r\n")
        if separator and _is_whole(head.lower(), body):
            self._answered(fd, connection, head)

    def _answered(self, fd: int, connection: _Connection, head: bytes) -> None:
        self._note(connection.index, head[9:12].decode())
        connection.index = -1
        if b"connection: close" in head.lower():
            self._drop(fd)
            self.reconnects += 1
        else:
            self._idle.append(fd)
        self.send_what_is_due()

    def _closed(self, fd: int, connection: _Connection) -> None:
        """A server may close what is idle. A request that it closed upon is sent once more."""
        self._drop(fd)
        self.reconnects += 1
        if connection.index < 0:
            self._idle.remove(fd)
        elif connection.retried:
            self._note(connection.index, "closed")
            self.send_what_is_due()
        else:
            self._send(self._connect(), connection.index, retried=True)

    def _note(self, index: int, status: str) -> None:
        self.taken_at[index] = monotonic()
        self.statuses[status] += 1
        self.done += 1


def _is_whole(head: bytes, body: bytes) -> bool:
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        return len(body) >= int(head[at + 17 :].split(b"\r\n", 1)[0])
    return b"\r\ntransfer-encoding: chunked" not in head or body.endswith(b"0\r\n\r\n")
