"""Redis as the broker, mended where kombu 5.7 falls over a connection that is gone."""

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


class Transport(redis.Transport):
    Channel = Channel


def mend() -> None:
    TRANSPORT_ALIASES.update({"redis": "ocs_meta.broker:Transport", "rediss": "ocs_meta.broker:Transport"})
