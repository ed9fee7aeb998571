"""Connections are kept, shared, and given up in time; nothing else is carried from call to call."""

import os
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from channels_app.graph import connections
from channels_app.graph.transport import Transport
from tests.graph.conftest import Make, send
from tests.graph.wires import ANSWER, Line, answer_all, answer_once_and_hang_up, counting, wire


class TestKeptConnections:
    def test_serve_many_calls(self, to: Make) -> None:
        with counting() as server:
            client = to(server.server_port)
            for _ in range(20):
                send(client)
            assert (server.connections, server.requests) == (1, 20)

    def test_serve_all_threads_and_every_client(self, to: Make) -> None:
        with counting() as server, ThreadPoolExecutor(32) as threads:
            server.together = threading.Barrier(32)
            for _ in range(3):
                assert set(threads.map(lambda _: send(to(server.server_port)), range(32))) == {"wamid.1"}
            assert (server.connections, server.requests) == (32, 96)

    def test_that_the_far_end_closed_are_not_used_again(self, to: Make) -> None:
        with wire(answer_once_and_hang_up) as served:
            client = to(served.port)
            for _ in range(5):
                served.hung_up.clear()
                assert send(client) == "wamid.1"
                assert served.hung_up.wait(5)
            assert served.connections == 5

    def test_retire_before_the_far_end_may_tire_of_them(self, to: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        now = [1000.0]
        monkeypatch.setattr(connections, "monotonic", lambda: now[0])
        with counting() as server:
            client = to(server.server_port)
            for pause in (0.0, 19.0, 19.0, 21.0, 19.0):
                now[0] += pause
                send(client)
            assert server.connections == 2

    def test_end_when_the_transport_is_closed_and_begin_anew(self, to: Make, transport: Transport) -> None:
        with counting() as server:
            client = to(server.server_port)
            send(client)
            Transport.close_all()
            send(client)
            transport.close()
            transport.close()
            assert server.connections == 2

    def test_are_not_shared_with_a_forked_child(self, to: Make) -> None:
        with counting() as server:
            client = to(server.server_port)
            send(client)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # a forking test with threads is what we want
                child = os.fork()
            if not child:
                os._exit(0 if send(client) == "wamid.1" else 1)
            assert os.waitpid(child, 0)[1] == 0
            send(client)
            assert (server.connections, server.requests) == (2, 3)


class TestSurroundings:
    def test_of_the_process_change_nothing(self, to: Make, dead_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{dead_port}")
        monkeypatch.setenv("NO_PROXY", "")
        with wire(answer_all) as served:
            assert send(to(served.port)) == "wamid.1"

    def test_cookies_are_not_carried_from_one_team_to_the_next(self, to: Make) -> None:
        heard = []

        def set_cookie(line: Line) -> None:
            for _ in range(2):
                heard.append(line.hear())
                line.say(ANSWER.replace(b"\r\n\r\n", b"\r\nSet-Cookie: team=alice; Path=/\r\n\r\n", 1))

        with wire(set_cookie) as served:
            send(to(served.port))
            send(to(served.port))
        assert b"Cookie" not in heard[1]
        assert b"User-Agent: ocs-meta" in heard[1]
