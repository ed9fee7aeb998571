"""The broker goes away, hangs, or forgets: webhooks are taken all the while, and everything is answered after."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event
from time import sleep

import pytest

from tests.processes.crowd import Crowd
from tests.processes.ground import Books
from tests.processes.meta import Meta
from tests.processes.servers import Broker, OwnRabbit, OwnRedis
from tests.processes.stage import Stage, eventually

pytestmark = pytest.mark.processes

Fault = Callable[[Broker], None]

PROBERS = 10
AWAY_FOR = 8
"""Seconds; a webhook that waited for the broker to come back would wait as long."""


def stopped(broker: Broker) -> None:
    broker.stop()
    sleep(AWAY_FOR)
    broker.start()


def frozen(broker: Broker) -> None:
    broker.freeze()
    sleep(AWAY_FOR)
    broker.thaw()


def flushed(broker: Broker) -> None:
    for _ in range(4):
        broker.flush()
        sleep(1)


@contextmanager
def probed(stage: Stage) -> Iterator[None]:
    """More ask meanwhile how the process is than it has threads."""
    over = Event()

    def probe() -> None:
        while not over.wait(0.5):
            stage.health()

    with ThreadPoolExecutor(PROBERS) as probers:
        for _ in range(PROBERS):
            probers.submit(probe)
        try:
            yield
        finally:
            over.set()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Broker]:
    own = OwnRedis(tmp_path)
    own.start()
    yield own
    own.stop()


@pytest.fixture
def own_rabbit(tmp_path: Path) -> Iterator[Broker]:
    own = OwnRabbit(tmp_path)
    own.start()
    yield own
    own.end()


@pytest.mark.parametrize("fault", [stopped, frozen, flushed])
@pytest.mark.parametrize(
    "broker",
    ["own_redis", pytest.param("own_rabbit", marks=[pytest.mark.rabbitmq, pytest.mark.slow])],
)
def test_webhooks_are_taken_and_all_is_answered_after(
    fault: Fault,
    broker: str,
    request: pytest.FixtureRequest,
    stage: Stage,
    meta: Meta,
    books: Books,
    chance: Random,
) -> None:
    own: Broker = request.getfixturevalue(broker)
    crowd = Crowd(port=stage.port, chance=chance, people=30, messages=8, seconds=AWAY_FOR + 4)
    stage.start(**own.environment())
    with crowd.talking(), probed(stage):
        sleep(2)
        fault(own)
    assert {answer.status for answer in crowd.answers} == {200}
    assert max(answer.seconds for answer in crowd.answers) < AWAY_FOR / 2
    slow = [answer for answer in crowd.answers if answer.seconds > 1]
    assert len(slow) < len(crowd.answers) / 10, "More than a busy machine is to blame for"
    assert eventually(lambda: meta.heard() == crowd.said(), 60), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 60), books.open_items()
    assert stage["worker"].is_running
    assert stage["beat"].is_running
