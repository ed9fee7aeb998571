"""The wire to Graph: one pool of connections per process and host, shared by all its threads."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any, BinaryIO, cast
from urllib.parse import urlencode
from weakref import WeakSet

import requests
from requests.adapters import BaseAdapter
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, ProxyError, URLRequired
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError

from channels_app.graph.connections import KeepingAdapter
from channels_app.graph.credentials import Credentials
from channels_app.graph.errors import NotConnected, OutcomeUnknown, RecipientRefused, Unreachable
from channels_app.graph.multipart import Multipart

LARGEST_ANSWER = 4 * 1024 * 1024
CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
FILE_SECONDS = 80.0
"""Seconds that a whole file may take to come."""
FILE_NOT_FETCHED = 131052
NEVER_LEFT = (
    *(requests.ConnectTimeout, ConnectTimeoutError, ProxyError),
    *(InvalidURL, InvalidSchema, MissingSchema, URLRequired, LocationValueError),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, and how long it may take: `connect_seconds` to connect, `read_seconds` for any silence after.

    A body of bytes is JSON.
    """

    method: str
    url: str
    credentials: Credentials
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Multipart | None = field(default=None, repr=False)
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Transport:
    """Sends requests and takes answers, whatever they say; keeps up to `pool_size` connections to each host."""

    _all: "WeakSet[Transport]" = WeakSet()

    def __init__(self, pool_size: int = 128) -> None:
        self.pool_size = pool_size
        self._sessions: dict[int, requests.Session] = {}
        self._all.add(self)

    def exchange(self, call: Call) -> Answer:
        """Send once; a connection that was never made is tried once more at once. Raises `Unreachable`."""
        return self._twice(call, self._send)

    def fetch(self, call: Call, into: BinaryIO, largest: int) -> Answer:
        """As `exchange`, but that the body of a 200 is written `into` a file, and is none of the answer.

        Raises `RecipientRefused` where it is larger than `largest` bytes.
        """
        return self._twice(call, partial(self._save, into, largest))

    def mount(self, prefix: str, adapter: BaseAdapter) -> None:
        """Have `adapter` carry what this process sends to addresses that begin with `prefix`, until `close`."""
        self._session().mount(prefix, adapter)

    def close(self) -> None:
        """Close this process's connections; the next call opens new ones."""
        session = self._sessions.pop(os.getpid(), None)
        if session is not None:
            session.close()

    @classmethod
    def close_all(cls) -> None:
        for transport in list(cls._all):
            transport.close()

    def _twice(self, call: Call, send: Callable[[Call], Answer]) -> Answer:
        try:
            return self._attempt(call, send)
        except NotConnected:
            pass
        return self._attempt(call, send)

    def _attempt(self, call: Call, send: Callable[[Call], Answer]) -> Answer:
        try:
            return send(call)
        except (requests.RequestException, HTTPError) as exc:
            failure = unreachable(exc)
        raise failure  # here and not above: what was caught holds the request, and that the token

    def _send(self, call: Call) -> Answer:
        with self._opened(_prepared(call), call) as response:
            return Answer(response.status_code, response.headers, _body(response, call.read_seconds))

    def _save(self, into: BinaryIO, largest: int, call: Call) -> Answer:
        request = _prepared(call)
        request.headers["Accept"] = "*/*"
        with self._opened(request, call) as response:
            if response.status_code != requests.codes.ok:
                return Answer(response.status_code, response.headers, _body(response, call.read_seconds))
            into.seek(0)
            into.truncate()
            for piece in _pieces(response, FILE_SECONDS):
                if into.tell() + len(piece) > largest:
                    raise RecipientRefused(FILE_NOT_FETCHED, detail=f"The file is larger than {largest} bytes.")
                into.write(piece)
            return Answer(response.status_code, response.headers, b"")

    def _opened(self, request: requests.PreparedRequest, call: Call) -> requests.Response:
        adapter = self._session().get_adapter(request.url or "")
        timeout = (call.connect_seconds, call.read_seconds)
        return adapter.send(request, stream=True, timeout=timeout, proxies={})

    def _session(self) -> requests.Session:
        """The session of this process: a fork must not talk through its parent's sockets."""
        session = self._sessions.get(os.getpid())
        return session or self._sessions.setdefault(os.getpid(), self._new_session())

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        adapter = KeepingAdapter(pool_maxsize=self.pool_size)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session


def _prepared(call: Call) -> requests.PreparedRequest:
    """The request as it goes out. Put together here: a session of requests takes longer for that than to send it."""
    query = urlencode({**call.params, **call.credentials.query()})
    headers = {
        "User-Agent": "ocs-meta",
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "Authorization": call.credentials.header(),
    }
    kind = "application/json"
    if isinstance(call.body, Multipart):
        call.body.rewind()
        kind = call.body.content_type
    if call.body is not None:
        headers |= {"Content-Type": kind, "Content-Length": str(len(call.body))}
    request = requests.PreparedRequest()
    request.method, request.body = call.method, cast(Any, call.body)
    request.url = f"{call.url}{'&' if '?' in call.url else '?'}{query}" if query else call.url
    request.headers = CaseInsensitiveDict(headers)
    return request


def _body(response: requests.Response, seconds: float) -> bytes:
    body = bytearray()
    for piece in _pieces(response, seconds):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise OutcomeUnknown("an answer without end", response.status_code)
    return bytes(body)


def _pieces(response: requests.Response, seconds: float) -> Iterator[bytes]:
    until = monotonic() + seconds
    while piece := response.raw.read1(65536, decode_content=True):
        yield piece
        if monotonic() > until:
            raise OutcomeUnknown("an answer that trickles", response.status_code)


def unreachable(exc: Exception) -> Unreachable:
    """What a failure of requests or urllib3 means: whether the request can have left us."""
    chain = list(_causes(exc))
    root = chain[-1]
    reason = type(root).__name__
    if isinstance(root, OSError) and not isinstance(root, requests.RequestException):
        reason += f": {root.strerror or root}"
    return (NotConnected if any(isinstance(link, NEVER_LEFT) for link in chain) else OutcomeUnknown)(reason)


def _causes(exc: BaseException) -> Iterator[BaseException]:
    cause: object = exc
    while isinstance(cause, BaseException):
        yield cause
        inner = next((argument for argument in cause.args if isinstance(argument, BaseException)), None)
        cause = getattr(cause, "reason", None) or inner or cause.__cause__


GRAPH = Transport()
