"""A worker outlives its Redis, and nobody waits for a RabbitMQ that is away."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerGone
from redis.exceptions import ConnectionError as RedisGone

from channels_app.web import health
from ocs_meta import broker
from ocs_meta.celery import TRANSPORTS, app
from tests.processes.stage import free_port


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


def test_a_rabbit_that_is_away_is_not_waited_for() -> None:
    """Without a word on it, kombu tries for ever, and the thread of whoever asks for health is gone."""
    address = f"amqp://127.0.0.1:{free_port()}//"
    away = app.connection_for_write(address, transport_options=TRANSPORTS["amqp"])
    with away, pytest.raises(BrokerGone):
        app.control.broadcast("ping", connection=away, reply=True, timeout=1, limit=1)


def test_health_says_of_a_rabbit_that_is_away_that_it_is(client: Client, db: None, monkeypatch: Any) -> None:
    away = Connection(f"amqp://127.0.0.1:{free_port()}//", transport_options=TRANSPORTS["amqp"])
    monkeypatch.setattr(app, "connection_for_write", lambda: away)
    health._workers.__init__()  # type: ignore[misc]
    answer = client.get("/health/")
    health._workers.__init__()  # type: ignore[misc]
    assert (answer.status_code, answer.json()["broker"], answer.json()["workers"]) == (200, False, False)
