"""Redis goes away, hangs, or forgets: webhooks are taken all the while, and everything is answered after."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import sleep

import pytest

from tests.processes.crowd import Crowd
from tests.processes.ground import Books
from tests.processes.meta import Meta
from tests.processes.servers import OwnRedis
from tests.processes.stage import Stage, eventually

pytestmark = pytest.mark.processes

Fault = Callable[[OwnRedis], None]

AWAY_FOR = 8
"""Seconds; a webhook that waited for the broker to come back would wait as long."""


def stopped(own: OwnRedis) -> None:
    own.stop()
    sleep(AWAY_FOR)
    own.start()


def frozen(own: OwnRedis) -> None:
    own.freeze()
    sleep(AWAY_FOR)
    own.thaw()


def flushed(own: OwnRedis) -> None:
    for _ in range(4):
        own.flush()
        sleep(1)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    own = OwnRedis(tmp_path)
    own.start()
    yield own
    own.stop()


@pytest.mark.parametrize("fault", [stopped, frozen, flushed])
def test_webhooks_are_taken_and_all_is_answered_after(
    fault: Fault, own_redis: OwnRedis, stage: Stage, meta: Meta, books: Books, chance: Random
) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=30, messages=8, seconds=12)
    stage.start(REDIS_URL=own_redis.url)
    with crowd.talking():
        sleep(2)
        fault(own_redis)
    assert {answer.status for answer in crowd.answers} == {200}
    assert max(answer.seconds for answer in crowd.answers) < AWAY_FOR
    assert eventually(lambda: meta.heard() == crowd.said(), 60), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 60), books.open_items()
    assert stage["worker"].is_running
    assert stage["beat"].is_running
