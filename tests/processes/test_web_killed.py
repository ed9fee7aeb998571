"""The web server dies under load: what it said 200 to is there, and Meta brings the rest again."""

import os
import signal
from random import Random
from time import sleep

import pytest

from tests.processes.crowd import Crowd
from tests.processes.ground import Books
from tests.processes.meta import Meta
from tests.processes.stage import Stage, eventually

pytestmark = pytest.mark.processes


def test_no_message_that_was_accepted_is_lost(stage: Stage, meta: Meta, books: Books, chance: Random) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=30, messages=10, seconds=9)
    stage.start(WEB_CONCURRENCY="2")
    with crowd.talking():
        for _ in range(2):
            sleep(chance.uniform(1, 2))
            stage["web"].kill()
            stage.start("web", WEB_CONCURRENCY="2")
        sleep(chance.uniform(0.5, 1))
        os.kill(chance.choice(stage["web"].children()), signal.SIGKILL)
    assert crowd.kept <= books.kept()
    assert eventually(lambda: meta.heard() == crowd.said(), 60), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 60), books.open_items()
