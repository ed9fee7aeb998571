"""The pool's connections, looked at before they are used, and given up where the server says nothing any more."""

import select
from typing import Any, cast

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper
from psycopg import OperationalError
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout

from channels_app import patience

ORPHANED = """
    SELECT set_config('idle_in_transaction_session_timeout', %(idle)s, false), set_config(name, setting, false)
    FROM (VALUES ('tcp_keepalives_idle', '15'), ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3'))
    AS wire (name, setting)
"""


class Connection(psycopg.Connection[Any]):
    """Waits for the server as long as `patience` allows, then is closed: libpq itself would wait for ever.

    A host that froze, or a firewall that forgot the connection, breaks nothing off. What was asked may have been done.
    """

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        limit = patience.left() if timeout is None else timeout
        if limit is None:
            return super().wait(gen, interval)
        try:
            return super().wait(gen, interval, limit)
        except _WaitTimeout:
            if timeout is not None:
                raise
            self.pgconn.finish()
            raise OperationalError("the server said nothing within the time it is given") from None


class DatabaseWrapper(base.DatabaseWrapper):
    """Hands out no connection that the server has closed meanwhile.

    A server that stops says so on each of its connections, so an idle one that has something to read is dead
    or about to be. Looking costs a microsecond; psycopg's own check asks the server, which costs a round trip.
    """

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(settings_dict, *args, **kwargs)
        if isinstance(options := settings_dict["OPTIONS"].get("pool"), dict):
            options.setdefault("connection_class", Connection)

    def _configure_connection(self, connection: Any) -> bool:
        """Have the server end what a process leaves open that froze, or whose machine is gone: others wait for it."""
        configured: bool = super()._configure_connection(connection)  # type: ignore[misc]  # the stubs leave it out
        if (limit := patience.usual()) is not None:
            with connection.cursor() as cursor:
                cursor.execute(ORPHANED, {"idle": f"{limit:.0f}s"})
        return configured or limit is not None

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        connection: psycopg.Connection[Any] = super().get_new_connection(conn_params)
        while self.pool and _has_something_to_say(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection

    def planned_cursor(self) -> CursorWrapper:
        """A cursor whose statements the server plans once and keeps, as the option `prepare_threshold` allows."""
        wrapper, make = cast(Any, self), cast(Any, base.ServerBindingCursor)
        wrapper.ensure_connection()
        with wrapper.wrap_database_errors:
            return cast(CursorWrapper, wrapper._prepare_cursor(make(wrapper.connection)))


def _has_something_to_say(connection: psycopg.Connection[Any]) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))
