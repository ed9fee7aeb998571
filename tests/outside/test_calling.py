"""Calls to the outside: where they go, what they follow, and when they end."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from channels_app.outside import (
    Call,
    Moved,
    NoAnswer,
    NotAllowed,
    Outside,
    OutsideError,
    TooLarge,
    Unreachable,
    addresses,
)
from tests.far_end import FarEnd, served
from tests.graph.test_tls import certificate, secured
from tests.graph.wires import Line, wire

__all__ = ["certificate"]


@pytest.fixture
def outside() -> Iterator[Outside]:
    outside = Outside(("127.0.0.1",))
    yield outside
    outside.close()


def post(url: str, **more: Any) -> Call:
    told: dict[str, Any] = {"body": b"{}", "seconds": 5.0} | more
    return Call(method="POST", url=url, **told)


def hear(line: Line) -> None:
    line.hear()


def speak_mail(line: Line) -> None:
    line.hear()
    line.say(b"220 mail.example.org\r\n")


def failure(outside: Outside, call: Call) -> OutsideError:
    with pytest.raises(OutsideError) as caught:
        outside.send(call)
    return caught.value


class TestAnswers:
    def test_are_given_whatever_their_status(self, outside: Outside, far_end: FarEnd) -> None:
        far_end.answers = [(418, {"short": "and stout"})]
        answer = outside.send(post(far_end.url + "/tea", headers={"X-One": "1"}, body=b'{"a": 1}'))
        assert (answer.status, json.loads(answer.body)) == (418, {"short": "and stout"})
        (asked,) = far_end.asked
        assert (asked.path, asked.headers["X-One"], asked.json) == ("/tea", "1", {"a": 1})

    def test_one_after_the_other_share_a_connection(self, outside: Outside, far_end: FarEnd) -> None:
        for _ in range(5):
            outside.send(post(far_end.url))
        assert far_end.connections == 1

    def test_cookies_and_logins_are_not_carried_along(
        self, outside: Outside, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        far_end.headers = {"Set-Cookie": "who=me; Path=/"}
        for _ in range(2):
            outside.send(post(far_end.url))
        assert "Cookie" not in far_end.asked[1].headers

    def test_are_not_taken_past_their_largest_size(self, outside: Outside, far_end: FarEnd) -> None:
        far_end.answers = [(200, "x" * 2000)]
        assert isinstance(failure(outside, post(far_end.url, largest=1000)), TooLarge)

    def test_that_unpack_to_more_than_that_are_not_taken_either(self, outside: Outside, far_end: FarEnd) -> None:
        far_end.zipped = True
        far_end.answers = [(200, "x" * 5_000_000)]
        assert isinstance(failure(outside, post(far_end.url, largest=1_000_000)), TooLarge)

    def test_can_be_read_piece_by_piece(self, outside: Outside, far_end: FarEnd) -> None:
        far_end.answers = [(200, "x" * 200_000)]
        with outside.opened(Call(method="GET", url=far_end.url)) as opened:
            pieces = list(opened.pieces())
        assert (opened.status, len(b"".join(pieces)), len(pieces) > 1) == (200, 200_002, True)


class TestTime:
    """What never ends, ends here."""

    def keep_still(self, line: Line) -> None:
        self.over.wait(10)

    def drip(self, line: Line, words: bytes) -> None:
        line.hear()
        for number in range(200):
            line.say(words if number else b"HTTP/1.1 200 OK\r\n" + words)
            if self.over.wait(0.05):
                return

    @pytest.fixture(autouse=True)
    def _end(self) -> Iterator[None]:
        self.over = Event()
        yield
        self.over.set()

    @pytest.mark.parametrize("words", [b"X-More: 1\r\n", b"\r\n"])
    def test_an_answer_that_drips_is_given_up(self, outside: Outside, words: bytes) -> None:
        with wire(lambda line: self.drip(line, words)) as served:
            error = failure(outside, post(f"http://127.0.0.1:{served.port}/", seconds=0.4))
            self.over.set()
        assert (type(error), "too long" in str(error)) == (NoAnswer, True)

    def test_silence_is_given_up(self, outside: Outside) -> None:
        with wire(self.keep_still) as served:
            assert isinstance(failure(outside, post(f"http://127.0.0.1:{served.port}/", seconds=0.3)), NoAnswer)
            self.over.set()


class TestTrouble:
    def test_nobody_listens(self, outside: Outside) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        error = failure(outside, post(f"http://127.0.0.1:{port}/secret-path?key=1"))
        assert (type(error), "127.0.0.1" in str(error)) == (Unreachable, True)
        assert "secret" not in str(error)

    def test_the_far_end_hangs_up(self, outside: Outside) -> None:
        with wire(hear) as served:
            assert isinstance(failure(outside, post(f"http://127.0.0.1:{served.port}/")), NoAnswer)

    def test_it_speaks_no_tls(self, outside: Outside, far_end: FarEnd) -> None:
        assert isinstance(failure(outside, post(far_end.url.replace("http:", "https:"))), Unreachable)

    def test_it_speaks_no_http(self, outside: Outside) -> None:
        with wire(speak_mail) as served:
            assert isinstance(failure(outside, post(f"http://127.0.0.1:{served.port}/")), NoAnswer)


class TestPrivateAddresses:
    def test_are_refused(self, far_end: FarEnd) -> None:
        outside = Outside()
        assert isinstance(failure(outside, post(far_end.url)), NotAllowed)
        assert far_end.asked == []

    def test_are_refused_after_a_redirect(self, outside: Outside, far_end: FarEnd) -> None:
        far_end.headers = {"Location": far_end.url.replace("127.0.0.1", "localhost") + "/metadata"}
        far_end.answers = [(307, None)]
        error = failure(outside, post(far_end.url + "/bot"))
        assert (type(error), [asked.path for asked in far_end.asked]) == (NotAllowed, ["/bot"])

    def test_are_refused_when_the_name_comes_to_mean_one(
        self, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The name is public when it is looked at, and private a moment later: the second answer is judged as well."""
        outside = Outside()
        asked = []

        def getaddrinfo(host: str, port: int, *args: Any, **hints: Any) -> list[Any]:
            asked.append(host)
            address = {"bot.example.org": "203.0.114.5" if len(asked) == 1 else "127.0.0.1"}.get(host, host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr("channels_app.outside.connections.create_connection", refused)
        port = far_end.url.rpartition(":")[2]
        url = f"http://bot.example.org:{port}/"
        assert isinstance(failure(outside, post(url)), Unreachable)
        assert isinstance(failure(outside, post(url)), NotAllowed)
        assert far_end.asked == []

    def test_the_connection_is_made_to_the_address_that_was_judged(
        self, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outside, dialled = Outside(), []
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, port, *a, **h: [(socket.AF_INET, 1, 6, "", ("8.8.8.8", port))]
        )

        def dial(address: tuple[str, int], *args: Any) -> socket.socket:
            dialled.append(address)
            return socket.create_connection(("127.0.0.1", int(far_end.url.rpartition(":")[2])))

        monkeypatch.setattr(socket, "create_connection", lambda address: _connected(address))
        monkeypatch.setattr("channels_app.outside.connections.create_connection", dial)
        outside.send(post("http://bot.example.org/turns"))
        assert dialled == [("8.8.8.8", 80)]
        assert far_end.asked[0].headers["Host"] == "bot.example.org"
        outside.close()


def refused(*args: Any) -> socket.socket:
    raise ConnectionRefusedError(111, "Connection refused")


def _connected(address: tuple[str, int]) -> socket.socket:
    made = socket.socket()
    made.connect(address)
    return made


class TestRedirects:
    def test_that_keep_the_request_are_followed(self, outside: Outside, far_end: FarEnd) -> None:
        far_end.headers = {"Location": "/there"}
        far_end.answers = [(308, None), (200, {"ok": True})]
        answer = outside.send(post(far_end.url + "/here", body=b'{"a": 1}', headers={"Authorization": "Bearer k"}))
        assert answer.status == 200
        assert [(asked.path, asked.json, asked.headers["Authorization"]) for asked in far_end.asked] == [
            ("/here", {"a": 1}, "Bearer k"),
            ("/there", {"a": 1}, "Bearer k"),
        ]

    def test_to_another_host_go_without_what_proves_who_we_are(self, outside: Outside, far_end: FarEnd) -> None:
        with served() as other:
            far_end.headers = {"Location": other.url + "/x"}
            far_end.answers = [(307, None)]
            headers = {"Authorization": "Bearer k", "X-Hub-Signature-256": "sha256=1", "X-Other": "1"}
            outside.send(post(far_end.url, headers=headers))
            (asked,) = other.asked
        assert asked.headers["X-Other"] == "1"
        assert not {"Authorization", "X-Hub-Signature-256"} & set(asked.headers)

    def test_that_would_make_a_get_of_a_post_are_not_followed(self, outside: Outside, far_end: FarEnd) -> None:
        far_end.headers = {"Location": "/there"}
        far_end.answers = [(302, None)]
        assert isinstance(failure(outside, post(far_end.url)), Moved)
        far_end.answers = [(302, None)]
        assert outside.send(Call(method="GET", url=far_end.url)).status == 200

    def test_without_an_end_are_given_up(self, outside: Outside, far_end: FarEnd) -> None:
        far_end.headers = {"Location": "/again"}
        far_end.answers = [(307, None)] * 10
        assert isinstance(failure(outside, post(far_end.url)), Moved)
        assert len(far_end.asked) == 4


def test_many_threads_each_have_a_connection(outside: Outside, far_end: FarEnd) -> None:
    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(lambda _: outside.send(post(far_end.url)).status, range(60))) == {200}


class TestTls:
    @pytest.fixture(autouse=True)
    def _trusted(self, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("channels_app.outside.connections.DEFAULT_CA_BUNDLE_PATH", str(certificate))

    def test_a_certificate_that_fits_the_name_is_good(self, certificate: Path, outside: Outside) -> None:
        with secured(certificate) as served:
            for _ in range(2):
                assert outside.send(post(f"https://127.0.0.1:{served.port}/")).status == 200
            assert served.connections == 1
            outside.close()

    def test_one_that_fits_only_the_address_behind_it_is_not(
        self, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(addresses, "resolve", lambda host, port, private_hosts: ["127.0.0.1"])
        outside = Outside()
        with secured(certificate) as served:
            error = failure(outside, post(f"https://bot.example.org:{served.port}/"))
        assert (type(error), "certificate" in str(error)) == (Unreachable, True)
