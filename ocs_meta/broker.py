"""Redis as the broker, mended where kombu 5.7 falls over a connection that is gone, and where it is slow."""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError as RedisGone


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        """Say of a connection that was let go what Celery understands: that it is gone.

        When Redis goes away under a busy worker, what is acknowledged or given back afterwards comes here for a
        new connection, on a channel that has none any more; the AttributeError of it would end the worker.
        """
        if self.connection is None or self.connection.client is None:
            raise RedisGone("this channel has lost its connection")
        params: dict[str, Any] = super()._connparams(asynchronous=asynchronous)
        return params

    def _create_client(self, asynchronous: bool = False) -> Any:
        """One client for each pool instead of one for each command: making it costs more than the command."""
        if asynchronous:
            return super()._create_client(asynchronous=True)
        if self._kept is None or self._kept.connection_pool is not self.pool:
            self._kept = super()._create_client()
        return self._kept

    _kept: Any = None


class Transport(redis.Transport):
    Channel = Channel


def mend() -> None:
    TRANSPORT_ALIASES.update({"redis": "ocs_meta.broker:Transport", "rediss": "ocs_meta.broker:Transport"})
