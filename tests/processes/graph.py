"""Meta's Graph API on a port of this machine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from tests.processes.meta import Cut, Json, Meta, Reply, error


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    meta: Meta

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asked was killed meanwhile: that is what these tests are for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536  # an answer is one packet

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._answer(json.loads(self.rfile.read(length) or b"{}"))

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Tests look at what was taken, not at lines."""

    def _answer(self, body: Json) -> None:
        try:
            status, answer = self._ask(body)
        except Cut:
            self.close_connection = True
            return
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _ask(self, body: Json) -> Reply:
        meta, address = cast(_Server, self.server).meta, urlsplit(self.path)
        query, authorization = dict(parse_qsl(address.query)), self.headers.get("Authorization", "")
        path = address.path.strip("/").split("/")[1:]
        account = meta.account_of(path[0], authorization) if path else None
        if account is None:
            return error(100, subcode=33)
        if refusal := meta.allow(account, authorization, query.get("appsecret_proof", "")):
            return refusal
        if self.command == "POST" and path[1:] == ["messages"] and path[0] in account.numbers:
            return meta.send(account, path[0], body)
        return meta.read(account, path, query)


@contextmanager
def served(meta: Meta) -> Iterator[str]:
    """Answer for `meta`; gives the address for GRAPH_API_URL."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.meta = meta
    thread = Thread(target=server.serve_forever, args=(0.05,), name="graph", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        meta.give_answers()
        server.shutdown()
        thread.join()
        server.server_close()
