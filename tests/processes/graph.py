"""Meta's Graph API on a port of this machine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from tests.processes.meta import Cut, Json, Meta, Reply, error
from tests.processes.weather import TAKEN, Mishap

LATER_THAN_ANYBODY_WAITS = 32.0
"""Seconds; the product waits 30 for an answer to begin."""
REFUSED: dict[Mishap, Reply] = {
    Mishap.BUSY: error(2, http=503),
    Mishap.FAILING: error(131016, http=500),
    Mishap.THROTTLED: error(130429, http=429),
}
TAKING = (*TAKEN, Mishap.HANGS)
FILES = "/files/"
WORDLESS = {Mishap.TOO_MANY: 429, Mishap.PROXY_REFUSES: 502, Mishap.PROXY_TAKEN: 502}


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
        files, path = cast(_Server, self.server).meta.files, urlsplit(self.path).path
        if path.startswith(FILES):
            self._write_raw(200, files[path.removeprefix(FILES)], "application/octet-stream")
        else:
            self._answer({})

    def do_POST(self) -> None:
        mishap = self._mishap()
        if mishap is Mishap.UNREAD:
            self.close_connection = True
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        if mishap is None:
            self._answer(body)
        else:
            self._go_wrong(mishap, body)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Tests look at what was taken, not at lines."""

    def _mishap(self) -> Mishap | None:
        """What goes wrong with this call, where it is one to send."""
        meta = cast(_Server, self.server).meta
        return meta.weather.next() if meta.weather and urlsplit(self.path).path.endswith("/messages") else None

    def _go_wrong(self, mishap: Mishap, body: Json) -> None:
        if refusal := REFUSED.get(mishap):
            self._write(*refusal)
            return
        answer: Json = {}
        if mishap in TAKING:
            with suppress(Cut):
                answer = self._ask(body)[1]
        if mishap in WORDLESS:
            self._write_raw(WORDLESS[mishap], b"<html>Bad luck</html>", "text/html")
        elif mishap is Mishap.HALF:
            raw = json.dumps(answer).encode()
            self._write_raw(200, raw[: len(raw) // 2], promised=len(raw))
        elif mishap is Mishap.HANGS:
            sleep(LATER_THAN_ANYBODY_WAITS)
        self.close_connection = True

    def _answer(self, body: Json) -> None:
        try:
            status, answer = self._ask(body)
        except Cut:
            self.close_connection = True
            return
        self._write(status, answer)

    def _write(self, status: int, answer: Json) -> None:
        self._write_raw(status, json.dumps(answer).encode())

    def _write_raw(self, status: int, raw: bytes, kind: str = "application/json", promised: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw) if promised is None else promised))
        self.end_headers()
        self.wfile.write(raw)

    def _about_file(self, media_id: str, content: bytes) -> Json:
        return {
            "id": media_id,
            "messaging_product": "whatsapp",
            "url": f"http://{self.headers['Host']}{FILES}{media_id}",
            "mime_type": "application/pdf",
            "sha256": sha256(content).hexdigest(),
            "file_size": str(len(content)),
        }

    def _ask(self, body: Json) -> Reply:
        meta, address = cast(_Server, self.server).meta, urlsplit(self.path)
        query, authorization = dict(parse_qsl(address.query)), self.headers.get("Authorization", "")
        path = address.path.strip("/").split("/")[1:]
        account = meta.account_of(path[0], authorization) if path else None
        if account is None:
            return error(100, subcode=33)
        if refusal := meta.allow(account, authorization, query.get("appsecret_proof", "")):
            return refusal
        if path[0] in meta.files:
            return 200, self._about_file(path[0], meta.files[path[0]])
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
