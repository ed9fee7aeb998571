"""Far ends that misbehave."""

from collections.abc import Iterator
from contextlib import suppress
from socket import create_server
from threading import Event, Thread
from typing import Any

import pytest


@pytest.fixture
def endless(settings: Any) -> Iterator[str]:
    """The address of a file that goes on and on, a byte at a time."""
    server, ended = create_server(("127.0.0.1", 0)), Event()
    address = f"127.0.0.1:{server.getsockname()[1]}"
    settings.OUTBOUND_PRIVATE_HOSTS = [address]

    def serve() -> None:
        with suppress(OSError):
            while not ended.is_set():
                connection, _ = server.accept()
                Thread(target=drip, args=(connection,), daemon=True).start()

    def drip(connection: Any) -> None:
        with suppress(OSError), connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
            while not ended.wait(0.02):
                connection.sendall(b"x")

    Thread(target=serve, daemon=True).start()
    yield f"http://{address}/a.png"
    ended.set()
    server.close()
