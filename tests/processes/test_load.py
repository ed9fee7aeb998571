"""Work as it comes: promptly where there is little, and in order where there is much and several share it."""

from random import Random

import pytest

from tests.processes.crowd import Crowd
from tests.processes.ground import Books
from tests.processes.meta import Meta
from tests.processes.stage import Stage, eventually

pytestmark = pytest.mark.processes


def test_two_workers_answer_everybody_once_and_in_order(stage: Stage, meta: Meta, books: Books, chance: Random) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=50, messages=12, seconds=10, hands=8)
    meta.delay = 0.05
    stage.start(WEB_CONCURRENCY="2")
    stage.start("worker")
    crowd.talk()
    assert eventually(lambda: meta.heard() == crowd.said(), 60), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 60), books.open_items()


def test_the_bell_alone_brings_every_answer_where_nobody_sweeps(stage: Stage, meta: Meta, chance: Random) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=20, messages=2, seconds=4)
    stage.start("web", "worker")
    stage.wait_until_started("worker")
    crowd.talk()
    assert eventually(lambda: meta.heard() == crowd.said(), 60), crowd.misheard(meta.heard())
