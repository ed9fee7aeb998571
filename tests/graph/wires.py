"""The far end of the wire: little servers that answer, keep still, or hang up as a test wishes."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WELCOME = b'{"messages": [{"id": "wamid.1"}]}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(WELCOME), WELCOME)


class Line:
    """One accepted connection, seen from the server."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def hear(self) -> bytes:
        """One whole request, or nothing when the far end hung up."""
        heard = b""
        while b"\r\n\r\n" not in heard:
            piece = self.connection.recv(65536)
            if not piece:
                return b""
            heard += piece
        head, _, body = heard.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        while len(body) < int((lengths or [b"0"])[0]):
            body += self.connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def say(self, words: bytes) -> None:
        self.connection.sendall(words)


class Wire:
    """A listening socket; each connection is given to the next of the scripts, the last one serving all that follow."""

    def __init__(self, *scripts: Callable[[Line], None]) -> None:
        self.scripts = scripts
        self.connections = 0
        self.hung_up = threading.Event()
        self.accepted: list[socket.socket] = []
        self.secure: ssl.SSLContext | None = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._listen)]

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            script = self.scripts[min(self.connections, len(self.scripts) - 1)]
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(script, connection))
            self.threads.append(thread)
            self.accepted.append(connection)
            thread.start()

    def _serve(self, script: Callable[[Line], None], connection: socket.socket) -> None:
        connection.settimeout(5)
        with suppress(OSError), connection:  # the client may hang up whenever it likes
            if self.secure is None:
                script(Line(connection))
            else:
                with self.secure.wrap_socket(connection, server_side=True) as secured:
                    script(Line(secured))
        self.hung_up.set()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.threads[0].join(timeout=10)
        for connection in self.accepted:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        for thread in self.threads:
            thread.join(timeout=10)


@contextmanager
def wire(*scripts: Callable[[Line], None]) -> Iterator[Wire]:
    served = Wire(*scripts)
    served.threads[0].start()
    try:
        yield served
    finally:
        served.close()


def answer_all(line: Line) -> None:
    while line.hear():
        line.say(ANSWER)


def answer_once_and_hang_up(line: Line) -> None:
    line.hear()
    line.say(ANSWER)


def hang_up_after_the_request(line: Line) -> None:
    line.hear()


class Counting(ThreadingHTTPServer):
    """A server that keeps connections open and counts them."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Patient)
        self.connections = 0
        self.requests = 0
        self.together = threading.Barrier(1)

    def process_request(self, *args: object) -> None:
        self.connections += 1
        super().process_request(*args)  # type: ignore[arg-type]


class Patient(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Counting

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.together.wait(timeout=5)
        self.server.requests += 1
        self.wfile.write(ANSWER)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def counting() -> Iterator[Counting]:
    server = Counting()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
