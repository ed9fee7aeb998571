import socket
import struct
import time
from collections.abc import Iterator

import pytest

from channels_app.graph.client import GraphClient
from channels_app.graph.errors import NotConnected, OutcomeUnknown, TryAgain
from channels_app.graph.transport import Transport
from tests.graph.conftest import Make, send
from tests.graph.wires import (
    Line,
    answer_all,
    hang_up_after_the_request,
    wire,
)

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue is full, so that nobody gets through."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(address)
        yield address[1]
        for client in waiting:
            client.close()


class TestNeverConnected:
    def test_when_nobody_listens(self, to: Make, dead_port: int) -> None:
        with pytest.raises(NotConnected, match="Connection refused"):
            send(to(dead_port))

    def test_when_nobody_takes_the_connection(self, to: Make, full_port: int) -> None:
        with pytest.raises(NotConnected):
            send(to(full_port, seconds=0.2))

    def test_when_the_name_means_nothing(self, transport: Transport) -> None:
        client = GraphClient(base_url="http://graph.invalid", version="v25.0", token="t", transport=transport)
        with pytest.raises(NotConnected):
            send(client)

    @pytest.mark.parametrize(
        "base", ["graph.example.com", "ftp://graph.example.com", "http://[::1", "http://", "http://" + "a" * 70]
    )
    def test_when_the_address_is_none(self, transport: Transport, base: str) -> None:
        with pytest.raises(NotConnected):
            send(GraphClient(base_url=base, version="v25.0", token="t", transport=transport))

    @pytest.mark.parametrize("words", [b"", b"HTTP/1.1 400 This is no TLS\r\n\r\n"])
    def test_when_the_handshake_fails_and_it_is_tried_once_more(self, to: Make, words: bytes) -> None:
        def no_tls(line: Line) -> None:
            line.connection.recv(100)
            line.say(words)

        with wire(no_tls) as served:
            with pytest.raises(NotConnected):
                send(to(served.port, scheme="https"))
            assert served.connections == 2

    def test_when_the_handshake_never_ends(self, to: Make) -> None:
        def stare(line: Line) -> None:
            while line.connection.recv(4096):
                pass

        with wire(stare) as served, pytest.raises(NotConnected, match="timed out"):
            send(to(served.port, scheme="https", seconds=0.2))


class TestCut:
    def test_after_the_request_is_never_repeated(self, to: Make) -> None:
        with wire(hang_up_after_the_request, answer_all) as served:
            with pytest.raises(OutcomeUnknown, match="RemoteDisconnected"):
                send(to(served.port))
            assert served.connections == 1

    def test_by_a_reset_is_not_known_either(self, to: Make) -> None:
        def reset(line: Line) -> None:
            line.hear()
            line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        with wire(reset) as served:
            with pytest.raises(OutcomeUnknown):
                send(to(served.port))
            assert served.connections == 1

    def test_by_our_own_impatience_is_not_known_either(self, to: Make) -> None:
        def keep_silent(line: Line) -> None:
            line.hear()
            line.hear()

        with wire(keep_silent) as served:
            with pytest.raises(OutcomeUnknown, match="timed out"):
                send(to(served.port, seconds=0.2))
            assert served.connections == 1

    @pytest.mark.parametrize(
        "words",
        [
            HEAD + b'Content-Length: 500\r\n\r\n{"messages": ',
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
            HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}",
            HEAD + b"Content-Length: 5, 7\r\n\r\n{}",
            HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            HEAD + b"Content-Length: 2\r\n\r\n{}",
            HEAD + b"Content-Length: 5\r\n\r\nhello",
            b"this is no HTTP\r\n\r\n",
            b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>",
        ],
    )
    def test_answers_leave_open_what_happened(self, to: Make, words: bytes) -> None:
        def mumble(line: Line) -> None:
            line.hear()
            line.say(words)

        with wire(mumble) as served:
            with pytest.raises(OutcomeUnknown):
                send(to(served.port))
            assert served.connections == 1

    def test_short_an_answer_that_never_ends(self, to: Make) -> None:
        def go_on(line: Line) -> None:
            line.hear()
            line.say(HEAD + b"\r\n")
            for _ in range(10_000):
                line.say(b" " * 65536)

        with wire(go_on) as served, pytest.raises(OutcomeUnknown, match="without end"):
            send(to(served.port))

    def test_short_an_answer_that_trickles(self, to: Make) -> None:
        def trickle(line: Line) -> None:
            line.hear()
            line.say(HEAD + b"Content-Length: 1000\r\n\r\n")
            for _ in range(1000):
                line.say(b" ")
                time.sleep(0.05)

        with wire(trickle) as served, pytest.raises(OutcomeUnknown, match="trickles"):
            send(to(served.port, seconds=0.3))


class TestRedirect:
    @pytest.mark.parametrize("where", ["http://127.0.0.1:{port}/elsewhere", "http://[::1", "//"])
    def test_is_never_followed(self, to: Make, where: str) -> None:
        with wire(answer_all) as other:
            location = where.format(port=other.port).encode()

            def point_elsewhere(line: Line) -> None:
                line.hear()
                line.say(b"HTTP/1.1 307 Go\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n")

            with wire(point_elsewhere) as served, pytest.raises(TryAgain):
                send(to(served.port))
            assert other.connections == 0
