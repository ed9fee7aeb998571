"""Connections to addresses that were looked up and judged in the same moment, and answers that have to come in time.

The name is resolved here, each address is judged, and the connection is made to that very address: a name that
resolves to something else a moment later changes nothing. TLS still checks the certificate of the name.
"""

import http.client
import socket
from collections.abc import Callable
from io import BufferedReader, RawIOBase
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.response import HTTPResponse
from urllib3.util.connection import create_connection
from urllib3.util.ssl_ import create_urllib3_context

IDLE_SECONDS = 20.0

Resolve = Callable[[str, int], list[str]]
"""From a host and a port to the addresses that may be called."""


class _InTime(RawIOBase):
    """What comes out of a socket until a moment: a server that sends a byte now and then does not move it."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("The answer did not come in time")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer, all of which has to be there before a moment."""

    def __init__(self, sock: socket.socket, *args: Any, until: float, **kwargs: Any) -> None:
        super().__init__(_Files(sock, until), *args, **kwargs)  # type: ignore[arg-type]  # makefile is all it asks for


class _Files:
    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def makefile(self, mode: str) -> BufferedReader:
        return BufferedReader(_InTime(self._sock, self._until))


class _JudgedHTTPConnection(HTTPConnection):
    """Made to an address that `resolve` gave; its time-out is for the whole of an answer."""

    resolve: Resolve
    quiet_since = 0.0

    def _new_conn(self) -> socket.socket:
        failure: OSError | None = None
        for address in self.resolve(self._dns_host, self.port):
            try:
                return create_connection((address, self.port), self.timeout, self.source_address, self.socket_options)
            except OSError as exc:
                failure = exc
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, "No connection in time") from failure
        raise NewConnectionError(self, "No connection was made") from failure

    def connect(self) -> None:
        """Connect; whatever goes wrong, the TLS handshake included, is a `ConnectTimeoutError` or its heir."""
        try:
            super().connect()
        except ConnectTimeoutError:
            raise
        except (OSError, ValueError, HTTPError, http.client.HTTPException) as exc:
            raise NewConnectionError(self, "No connection was made") from exc
        self.quiet_since = monotonic()

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in urllib3 itself
        seconds = self.timeout if isinstance(self.timeout, int | float) else 30.0
        until = monotonic() + seconds
        self.response_class = lambda sock, *args, **kwargs: _Answer(sock, *args, until=until, **kwargs)  # type: ignore[assignment]
        response = super().getresponse()
        self.quiet_since = monotonic()
        return response

    @property
    def is_connected(self) -> bool:
        return monotonic() - self.quiet_since < IDLE_SECONDS and super().is_connected


class _JudgedHTTPSConnection(_JudgedHTTPConnection, HTTPSConnection):
    """The same over TLS."""


class JudgedAdapter(HTTPAdapter):
    """Pools of such connections for each host."""

    def __init__(self, resolve: Resolve, pool_size: int) -> None:
        self._resolve = staticmethod(resolve)
        super().__init__(pool_maxsize=pool_size)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        authorities = create_urllib3_context()
        authorities.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        super().init_poolmanager(connections, maxsize, block, ssl_context=authorities, **pool_kwargs)
        plain = type("Plain", (_JudgedHTTPConnection,), {"resolve": self._resolve})
        secure = type("Secure", (_JudgedHTTPSConnection,), {"resolve": self._resolve})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }

    def cert_verify(self, conn: Any, url: str, verify: object, cert: object) -> None:
        """Leave the pool as it is: requests would have each new connection load all authorities again."""
