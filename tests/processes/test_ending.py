"""The processes end when they are told to, in the middle of their work, and leave nothing behind that is not found."""

from random import Random
from time import sleep

import pytest

from tests.processes.crowd import Crowd
from tests.processes.ground import Books
from tests.processes.meta import Meta
from tests.processes.stage import ENDS_WITHIN, Stage, commands, eventually

pytestmark = pytest.mark.processes


def test_each_ends_on_sigterm_in_mid_load_and_nothing_is_lost(
    stage: Stage, meta: Meta, books: Books, chance: Random
) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=30, messages=10, seconds=12)
    meta.delay = 0.3
    stage.start()
    stage.wait_until_started("worker")
    with crowd.talking():
        for name in commands():
            sleep(chance.uniform(1, 2))
            status, seconds = stage[name].end()
            assert (name, status) == (name, 0)
            assert seconds < ENDS_WITHIN
            stage.start(name)
    assert eventually(lambda: meta.heard() == crowd.said(), 60), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 60), books.open_items()
