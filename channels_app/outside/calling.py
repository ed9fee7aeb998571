"""Calling: one request to the outside, its redirects, and an answer of bounded size in bounded time."""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit
from weakref import WeakSet

import requests
from requests.exceptions import InvalidSchema, InvalidURL
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError

from channels_app.outside import addresses
from channels_app.outside.connections import JudgedAdapter
from channels_app.outside.errors import Moved, NoAnswer, TooLarge, Unreachable

CONNECT_SECONDS = 5.0
MOST_REDIRECTS = 3
PIECE = 65536
KEEPING = {307, 308}
CHANGING = {301, 302, 303}
NEVER_LEFT = (ConnectTimeoutError, InvalidURL, InvalidSchema, LocationValueError)
CREDENTIALS = frozenset({"authorization", "x-hub-signature-256"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. `seconds` is how long the whole answer may take, `largest` how many bytes of it are taken."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    seconds: float = 30.0
    connect_seconds: float = CONNECT_SECONDS
    largest: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Opened:
    """An answer that has begun. `pieces` has to be read within the call."""

    def __init__(self, response: requests.Response, call: Call) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = CaseInsensitiveDict(response.headers)
        self._response, self._call = response, call

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes. Raises `TooLarge` past the call's `largest`, and `NoAnswer` where it breaks off."""
        size = 0
        try:
            while piece := self._response.raw.read1(PIECE, decode_content=True):
                size += len(piece)
                if size > self._call.largest:
                    raise TooLarge(f"{_host(self._call)} answered with more than {self._call.largest} bytes.")
                yield piece
        except (HTTPError, OSError) as exc:
            raise NoAnswer(f"The answer of {_host(self._call)} broke off: {_reason(exc)}.") from None


class Outside:
    """Calls from this process: connections are kept and shared by its threads; no cookie, proxy or login is."""

    _all: "WeakSet[Outside]" = WeakSet()

    def __init__(self, private_hosts: tuple[str, ...] = (), pool_size: int = 128) -> None:
        self.private_hosts = private_hosts
        self._pool_size = pool_size
        self._sessions: dict[int, requests.Session] = {}
        self._all.add(self)

    def send(self, call: Call) -> Answer:
        """Call once; gives what came, whatever status it has. Raises `OutsideError`."""
        with self.opened(call) as opened:
            return Answer(opened.status, opened.headers, b"".join(opened.pieces()))

    @contextmanager
    def opened(self, call: Call) -> Iterator[Opened]:
        """Call once, for the body to be read piece by piece. Raises `OutsideError`.

        A redirect is followed where it leaves the request as it is: each address on the way is judged anew, and what
        proves who we are goes to no other host.
        """
        for _ in range(MOST_REDIRECTS + 1):
            with closing(self._begin(call)) as response:
                if response.status_code not in KEEPING | CHANGING or "location" not in response.headers:
                    yield Opened(response, call)
                    return
                call = _redirected(call, response)
        raise Moved(f"{_host(call)} redirects again and again.")

    def close(self) -> None:
        """Close this process's connections; the next call opens new ones."""
        session = self._sessions.pop(os.getpid(), None)
        if session is not None:
            session.close()

    @classmethod
    def close_all(cls) -> None:
        for outside in list(cls._all):
            outside.close()

    def _begin(self, call: Call) -> requests.Response:
        addresses.split(call.url)
        try:
            return self._session().request(
                call.method,
                call.url,
                data=call.body,
                headers=dict(call.headers),
                timeout=(call.connect_seconds, call.seconds),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, HTTPError) as exc:
            never = any(isinstance(cause, NEVER_LEFT) for cause in _causes(exc))
            kind, what = (Unreachable, "could not be reached") if never else (NoAnswer, "gave no answer")
            failure = kind(f"{_host(call)} {what}: {_reason(exc)}.")
        raise failure  # here and not above: what was caught holds the request, and that its secrets

    def _session(self) -> requests.Session:
        """The session of this process: a fork must not talk through its parent's sockets."""
        session = self._sessions.get(os.getpid())
        return session or self._sessions.setdefault(os.getpid(), self._new_session())

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers = CaseInsensitiveDict({"User-Agent": "ocs-meta", "Accept-Encoding": "gzip, deflate"})
        resolve = partial(_resolve, self.private_hosts)
        adapter = JudgedAdapter(resolve, self._pool_size)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session


def _resolve(private_hosts: tuple[str, ...], host: str, port: int) -> list[str]:
    return addresses.resolve(host, port, private_hosts)


def _redirected(call: Call, response: requests.Response) -> Call:
    """The call that `response` asks for instead. Raises `Moved` where that would not be the same request."""
    target = urljoin(call.url, response.headers["location"])
    here, there = urlsplit(call.url), addresses.split(target)
    if response.status_code in CHANGING and call.method != "GET":
        raise Moved(f"{_host(call)} has moved to {there.netloc[:80]}: enter the new address.")
    if here.scheme == "https" and there.scheme == "http":
        raise Moved(f"{_host(call)} redirects to an address without encryption.")
    headers = call.headers
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        headers = {name: value for name, value in headers.items() if name.lower() not in CREDENTIALS}
    return replace(call, url=target, headers=headers)


def _host(call: Call) -> str:
    return (urlsplit(call.url).hostname or "")[:80]


def _causes(exc: BaseException) -> Iterator[BaseException]:
    cause: object = exc
    while isinstance(cause, BaseException):
        yield cause
        inner = next((argument for argument in cause.args if isinstance(argument, BaseException)), None)
        cause = getattr(cause, "reason", None) or inner or cause.__cause__


def _root(exc: BaseException) -> BaseException:
    return list(_causes(exc))[-1]


def _reason(exc: BaseException) -> str:
    """Why, in words that hold no part of the address or of what was sent."""
    root = _root(exc)
    if "Timeout" in type(root).__name__:
        return "it took too long"
    return str(root.strerror) if isinstance(root, OSError) and root.strerror else type(root).__name__
