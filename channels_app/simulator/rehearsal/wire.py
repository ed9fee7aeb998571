"""The wire of a rehearsal: calls and webhooks are HTTP as ever, and are carried no farther than to this process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import responses
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from django.test import Client
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from channels_app import clock
from channels_app.graph.signature import SCHEME
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.rehearsal import mishaps

SECRET = frozenset({"access_token", "appsecret_proof", "input_token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer. `body` and `answer` are JSON where they were that, else `None`.

    `status` is `None` where the one who asked got no answer. No token is in it.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    status: int | None = None
    answer: Any = None
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The next message is refused, and gets no farther than the wire."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class DropAnswer:
    """The next message is taken, and whoever sent it does not learn so."""


@dataclass(frozen=True, slots=True)
class FailLater:
    """The next message is taken, and fails with `code` by status."""

    code: int


Slip = Refuse | DropAnswer | FailLater


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


class Carrier(HTTPAdapter):
    """Carries requests to Django in the thread that makes them, and keeps what passed.

    A message, not a read receipt, meets the first of `slips`, which then is used up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.passed: list[Exchange] = []
        self.slips: list[Slip] = []

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        body, began = _bytes(request.body), clock.now()
        slip = self.slips.pop(0) if self.slips and _is_message(request, body) else None
        answer = _refused(slip.refusal) if isinstance(slip, Refuse) else _of_django(request, body)
        is_late = clock.now() - began >= _patience(kwargs.get("timeout"))
        if answer is None or is_late or isinstance(slip, DropAnswer):
            self.passed.append(_exchange(request, body))
            raise requests.ReadTimeout("No answer came in time", request=request)
        self.passed.append(_exchange(request, body, answer))
        if isinstance(slip, FailLater) and answer.status == requests.codes.ok:
            mishaps.fail(json.loads(answer.content)["messages"][0]["id"], slip.code)
        raw = HTTPResponse(
            body=BytesIO(answer.content),
            status=answer.status,
            reason=responses.get(answer.status, ""),
            headers=answer.headers,
            preload_content=False,
            request_method=request.method,
        )
        return self.build_response(request, raw)


def _patience(timeout: object) -> timedelta:
    """How long whoever asks waits for an answer, by what they gave as `timeout`."""
    seconds = timeout[1] if isinstance(timeout, tuple) else timeout
    return timedelta(seconds=seconds) if isinstance(seconds, int | float) else timedelta.max


def origin(url: str) -> str:
    """The part of `url` that names the host, for whatever is behind it to be carried by one adapter."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _of_django(request: requests.PreparedRequest, body: bytes) -> _Answer | None:
    """What Django answers; nothing where it cuts the connection."""
    parts = urlsplit(request.url or "")
    headers = {name: _as_text(value) for name, value in request.headers.items() if name.lower() != "content-length"}
    kind = headers.pop("Content-Type", "application/octet-stream")
    answer: Any = Client().generic(
        request.method or "GET",
        f"{parts.path}?{parts.query}" if parts.query else parts.path,
        body,
        content_type=kind,
        secure=parts.scheme == "https",
        headers={**headers, "Host": parts.netloc, "X-Forwarded-Proto": parts.scheme},
    )
    try:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    except ConnectionAbortedError:
        return None
    return _Answer(answer.status_code, dict(answer.items()), content)


def _refused(refusal: Refusal) -> _Answer:
    return _Answer(refusal.status, {"Content-Type": "application/json"}, json.dumps(refusal.as_json()).encode())


def _exchange(request: requests.PreparedRequest, body: bytes, answer: _Answer | None = None) -> Exchange:
    parts = urlsplit(request.url or "")
    signature = str(request.headers.get("X-Hub-Signature-256", ""))
    return Exchange(
        method=request.method or "GET",
        path=parts.path,
        query={name: value for name, value in parse_qsl(parts.query) if name not in SECRET},
        body=_json(body),
        status=answer.status if answer else None,
        answer=_json(answer.content) if answer else None,
        signature=signature if signature.startswith(SCHEME) else "",
    )


def _is_message(request: requests.PreparedRequest, body: bytes) -> bool:
    if request.method != "POST" or not urlsplit(request.url or "").path.endswith("/messages"):
        return False
    said = _json(body)
    return isinstance(said, dict) and "status" not in said


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _as_text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return bytes(body.read() if hasattr(body, "read") else body or b"")
