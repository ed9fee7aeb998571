"""A worker outlives its Redis."""

from typing import Any

import pytest
from django.conf import settings
from kombu import Connection
from redis.exceptions import ConnectionError as RedisGone

from ocs_meta import broker


def test_redis_addresses_mean_the_mended_transport() -> None:
    broker.mend()
    for scheme in ("redis", "rediss"):
        with Connection(f"{scheme}://127.0.0.1:6379/0") as connection:
            assert connection.get_transport_cls() is broker.Transport


@pytest.mark.redis
def test_an_acknowledgement_after_the_connection_went_is_a_lost_connection() -> None:
    connection = Connection(settings.REDIS_URL)
    channel: Any = connection.channel()
    channel._disconnect_pools()
    connection._do_close_transport()
    with pytest.raises(RedisGone):
        channel.basic_ack("some tag")
