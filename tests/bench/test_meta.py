"""What Meta's process posts is what Meta posts, and what it answers is what Graph answers."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench.meta import client
from bench.meta.bodies import APP_SECRET, Mail, callback, phone_number_id, sent_wamid
from bench.meta.client import MetaProcess
from channels_app.gateways import reader_for
from channels_app.gateways.base import Envelope
from channels_app.graph.signature import is_signed


def opened(mail: Mail) -> list[list[Envelope]]:
    """The envelopes of each request, after its signature."""
    found = []
    for request in mail.requests():
        head, _, body = request.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        assert int(fields["Content-Length"]) == len(body)
        assert is_signed(body, fields["X-Hub-Signature-256"], [APP_SECRET])
        changes = reader_for("meta").open_notification(body)
        found.append([envelope for change in changes for envelope in change.envelopes])
    return found


class TestBodies:
    def test_texts_are_read_as_texts_each_once_and_of_each_person_by_one_number(self) -> None:
        mail = Mail(kind="text", posts=40, per_post=3, numbers=4, per_account=2, people=5)
        envelopes = [envelope for request in opened(mail) for envelope in request]
        assert {(envelope.kind, envelope.type, envelope.reason) for envelope in envelopes} == {("message", "text", "")}
        assert len({envelope.key for envelope in envelopes}) == 120
        assert len({envelope.sender.wa_id for envelope in envelopes}) == 4 * 5

    def test_statuses_speak_of_stored_messages_one_state_after_the_other(self) -> None:
        requests = opened(Mail(kind="status", posts=3, per_post=100, numbers=10, people=5))
        assert [{envelope.type for envelope in request} for request in requests] == [{"sent"}, {"delivered"}, {"read"}]
        for request in requests:
            assert {envelope.external_id for envelope in request} == {sent_wamid(place) for place in range(100)}
        said = reader_for("meta").read_status(requests[0][7].raw)
        assert callback(int(said.external_id.rpartition(".")[2])) == said.callback


class _Webhook(BaseHTTPRequestHandler):
    """Takes everything but what says 13, and sometimes hangs up as a server may."""

    protocol_version = "HTTP/1.1"
    count = 0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _Webhook.count += 1
        words = body["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"].split()
        self.send_response(500 if words[0] == "13" else 200)
        self.send_header("Content-Length", "0")
        if _Webhook.count % 5 == 0:
            self.send_header("Connection", "close")
        self.end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nobody reads it."""


@pytest.fixture
def webhook() -> Iterator[int]:
    _Webhook.count = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), _Webhook) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def meta() -> Iterator[MetaProcess]:
    with client.running() as meta:
        yield meta


class TestPosting:
    @pytest.mark.parametrize("how", [{"connections": 3}, {"rate": 200.0}])
    def test_each_request_is_posted_once_and_timed(self, meta: MetaProcess, webhook: int, how: dict[str, Any]) -> None:
        posted = meta.post(webhook, Mail(kind="text", posts=12), **how)
        assert _Webhook.count == 12
        assert all(0 < wait < 30 for wait in posted.waits())
        if "rate" in how:
            assert posted.took >= 11 / 200

    def test_an_answer_that_is_not_200_ends_the_measurement(self, meta: MetaProcess, webhook: int) -> None:
        with pytest.raises(SystemExit, match="'500': 1"):
            meta.post(webhook, Mail(kind="text", posts=20), connections=1)

    def test_no_more_is_posted_than_may_be_unanswered(self, meta: MetaProcess, webhook: int) -> None:
        with pytest.raises(SystemExit, match="6 unanswered"):
            meta.post(webhook, Mail(kind="text", posts=10), echoes=True, window=4, within=1.0)
        assert _Webhook.count == 4


def test_graph_takes_what_is_sent_and_answers_as_late_as_it_was_told(meta: MetaProcess) -> None:
    address = urlsplit(meta.graph_url)
    meta.answer_after(0.2)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)) as connection:
        send = {"to": "+15550001", "type": "text", "text": {"body": "42 hello"}}
        for body in (send, {"status": "read", "message_id": "wamid.1"}):
            connection.request("POST", f"/v25.0/{phone_number_id(3)}/messages?x=y", json.dumps(body))
            answer = json.loads(connection.getresponse().read())
            assert answer.get("success") or answer["messages"][0]["id"]
    (taken,) = meta.taken(1, within=10)
    assert (taken.number, taken.word, meta.receipts()) == (phone_number_id(3), "42", 1)
