"""Connections that are kept open between calls, and given up before the far end gives them up.

A request sent into a connection that the far end is just closing is lost in a way nobody can tell from one that was
obeyed. So a connection that has been quiet for long is not used again.
"""

from http.client import HTTPException
from time import monotonic
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.response import HTTPResponse
from urllib3.util.ssl_ import create_urllib3_context

IDLE_SECONDS = 20.0
ONE_PACKET = 65536


class KeptHTTPConnection(HTTPConnection):
    """Says plainly that it was never made, and counts as dropped after `IDLE_SECONDS` of silence."""

    quiet_since = 0.0
    _unsent: list[bytes] | None = None

    def connect(self) -> None:
        """Connect; whatever goes wrong, the TLS handshake included, is a `ConnectTimeoutError` or its heir."""
        try:
            super().connect()
        except ConnectTimeoutError:
            raise
        except (OSError, ValueError, HTTPError, HTTPException) as exc:
            raise NewConnectionError(self, "No connection was made") from exc
        self.quiet_since = monotonic()

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send head and body as one packet, which spares both ends a system call. What is long goes as it comes."""
        self._unsent = []
        try:
            super().request(*args, **kwargs)
        finally:
            unsent, self._unsent = self._unsent, None
        if unsent:
            self.send(b"".join(unsent))

    def send(self, data: Any) -> None:
        if self._unsent is None:
            super().send(data)
            return
        self._unsent.append(data)
        if sum(map(len, self._unsent)) > ONE_PACKET:
            unsent, self._unsent = self._unsent, None
            super().send(b"".join(unsent))

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in urllib3 itself
        response = super().getresponse()
        self.quiet_since = monotonic()
        return response

    @property
    def is_connected(self) -> bool:
        return monotonic() - self.quiet_since < IDLE_SECONDS and super().is_connected


class KeptHTTPSConnection(KeptHTTPConnection, HTTPSConnection):
    """The same over TLS."""


class KeptHTTPPool(HTTPConnectionPool):
    ConnectionCls = KeptHTTPConnection


class KeptHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = KeptHTTPSConnection


class KeepingAdapter(HTTPAdapter):
    """Pools of such connections, as large as wanted; certificates are always checked.

    What requests works out anew for each call, and is the same for all of ours, is left out.
    """

    def __init__(self, pool_maxsize: int) -> None:
        super().__init__(pool_maxsize=pool_maxsize)
        self._pools: dict[str, HTTPConnectionPool] = {}

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        authorities = create_urllib3_context()
        authorities.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        super().init_poolmanager(connections, maxsize, block, ssl_context=authorities, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": KeptHTTPPool, "https": KeptHTTPSPool}

    def get_connection_with_tls_context(self, request: Any, *args: object, **kwargs: object) -> HTTPConnectionPool:
        """The pool of the host that the address names."""
        origin = _origin(request.url)
        pool = self._pools.get(origin)
        return pool or self._pools.setdefault(origin, self.poolmanager.connection_from_url(origin))

    def request_url(self, request: Any, proxies: object) -> str:
        return str(request.url.removeprefix(_origin(request.url))) or "/"

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """Without a jar for cookies: nothing is carried from one call to the next."""
        response = Response()
        response.status_code, response.headers, response.raw = resp.status, resp.headers, resp
        response.request, response.url = req, req.url or ""
        return response

    def cert_verify(self, conn: Any, url: str, verify: object, cert: object) -> None:
        """Leave the pool as it is: requests would have each new connection load all authorities again."""


def _origin(url: str) -> str:
    end = url.find("/", url.index("//") + 2)
    return url if end < 0 else url[:end]
