"""Graph as a worker meets it: takes sends, and answers each after the same while. It refuses nothing."""

import json
import socket
from collections.abc import Callable
from time import monotonic
from typing import Any

from bench.meta.loop import Loop
from channels_app.simulator.phone import opus
from tests.simulator import attachments

FILE = b"/file/voice.ogg"
VOICE = opus.as_ogg(attachments.webm())
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


class Graph:
    """`taken` has of each message that was sent through it: when, by which number, and its text's first word."""

    def __init__(self, loop: Loop) -> None:
        self.delay = 0.0
        self.taken: list[tuple[float, str, str]] = []
        self.receipts = 0
        self.told: Callable[[], None] | None = None
        self._loop = loop
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._buffers: dict[int, bytearray] = {}
        self.port = int(self._listener.getsockname()[1])
        loop.watch(self._listener.fileno(), self._accept)

    def _accept(self) -> None:
        there, _ = self._listener.accept()
        there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffers[there.fileno()] = bytearray()
        self._loop.watch(there.fileno(), lambda: self._hear(there))

    def _hear(self, there: socket.socket) -> None:
        try:
            chunk = there.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return  # what there was to hear was another's, who had this number before
        except OSError:
            chunk = b""
        if not chunk:
            self._loop.leave(there.fileno())
            del self._buffers[there.fileno()]
            there.close()
            return
        buffer = self._buffers[there.fileno()]
        buffer += chunk
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(buffer[:end])
            whole = end + 4 + _length(head)
            if len(buffer) < whole:
                return
            body = bytes(buffer[end + 4 : whole])
            del buffer[:whole]
            self._answer(there, self._take(head, body))

    def _take(self, head: bytes, body: bytes) -> bytes:
        method, path = (part.partition(b"?")[0] for part in head.split(b" ", 2)[:2])
        if method == b"GET":
            return VOICE if path.endswith(FILE) else self._facts(path)
        if path.endswith(b"/media"):
            return b'{"id":"555800000000001"}'
        said = json.loads(body) if body else {}
        if "to" not in said and "recipient" not in said:
            self.receipts += said.get("status") == "read"
            return b'{"success":true}'
        number = head.split(b" ", 2)[1].split(b"/")[2].decode()
        self.taken.append((monotonic(), number, _word(said)))
        to, wamid = said.get("to") or said["recipient"], f"wamid.echo.{len(self.taken)}.{monotonic()}"
        contacts = [{"input": to, "wa_id": to.removeprefix("+")}]
        answer = {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": wamid}]}
        if self.told:
            self.told()
        return json.dumps(answer).encode()

    def _facts(self, path: bytes) -> bytes:
        """Where a voice note is to be had."""
        facts = {"url": f"http://127.0.0.1:{self.port}{FILE.decode()}", "mime_type": "audio/ogg; codecs=opus"}
        return json.dumps({**facts, "id": path.rpartition(b"/")[2].decode()}).encode()

    def _answer(self, there: socket.socket, body: bytes) -> None:
        def send() -> None:
            try:
                there.sendall(ANSWER % (len(body), body))
            except OSError:
                return  # whoever asked has gone

        if self.delay:
            self._loop.at(monotonic() + self.delay, send)
        else:
            send()


def _word(said: dict[str, Any]) -> str:
    """The first of a text; a voice note says none that could be read here."""
    return str(said["text"]["body"].partition(" ")[0]) if said["type"] == "text" else ""


def _length(head: bytes) -> int:
    at = head.lower().find(b"\r\ncontent-length:")
    return int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
