"""The webhook as Meta knocks at it: signed, over a connection kept open, and again until it is answered with 200."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from time import monotonic, sleep
from typing import Any

from channels_app.graph.signature import sign

PATH = "/api/channels/meta/"
PATIENCE = 60.0
"""Seconds for which Meta, here, delivers again what was not answered with 200."""
KNOCKS_AGAIN_AFTER = 0.25
MEANT = (0, 200, 503)
"""What the webhook may answer to what is in order: nothing where it was killed, and 503 where it cannot store."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0 says that there was none. `seconds` is how long it took, `retry_after` what the answer asks for."""

    status: int
    seconds: float
    retry_after: str = ""
    body: bytes = b""


class Door:
    """One connection to the web process, for one thread."""

    def __init__(self, port: int, secret: str) -> None:
        self.secret = secret
        self._port = port
        self._connection: HTTPConnection | None = None

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def knock(self, body: Any, secret: str = "") -> Answer:
        """Post `body`, JSON or bytes, once."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(raw, secret or self.secret)}
        began = monotonic()
        try:
            return self._ask(raw, headers, began)
        except (OSError, HTTPException):
            self.close()
            return Answer(0, monotonic() - began)

    def deliver(self, body: Any) -> list[Answer]:
        """Post `body` until it is taken; gives every answer."""
        raw = json.dumps(body).encode()
        answers = [self.knock(raw)]
        until = monotonic() + PATIENCE
        while answers[-1].status != 200:
            assert answers[-1].status in MEANT, f"The webhook answers {answers[-1]}"
            assert monotonic() < until, f"Meta gave up after {answers[-3:]}"
            sleep(KNOCKS_AGAIN_AFTER)
            answers.append(self.knock(raw))
        return answers

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, raw: bytes, headers: dict[str, str], began: float) -> Answer:
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        self._connection.request("POST", PATH, raw, headers)
        response = self._connection.getresponse()
        body = response.read()
        return Answer(response.status, monotonic() - began, response.headers.get("Retry-After", ""), body)
