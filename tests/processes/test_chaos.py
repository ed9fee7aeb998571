"""Everything but one steady worker dies at random, again and again, under load: the books are balanced at the end."""

from random import Random
from time import sleep

import pytest

from tests.processes.crowd import Crowd
from tests.processes.ground import Books
from tests.processes.meta import Meta
from tests.processes.stage import Stage, commands, eventually

pytestmark = [pytest.mark.processes, pytest.mark.slow]

UNTIL_DOUBT_IS_SETTLED = 100
"""Seconds: a lease runs out after 30, an attempt that nobody speaks of is made again after 60."""


@pytest.mark.parametrize(("kills", "people", "messages"), [(6, 20, 12), (20, 40, 30)], ids=["a-few", "twenty"])
def test_kills_of_anything_lose_nothing_and_say_nothing_twice(
    kills: int, people: int, messages: int, stage: Stage, meta: Meta, books: Books, chance: Random
) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=people, messages=messages, seconds=2.5 * kills)
    meta.delay = 0.2
    stage.start("worker")
    stage.start()
    with crowd.talking():
        for name in chance.choices(list(commands()), k=kills):
            sleep(chance.uniform(0.5, 2.5))
            stage[name].kill()
            stage.start(name)
    assert crowd.kept <= books.kept()
    assert eventually(lambda: meta.heard() == crowd.said(), UNTIL_DOUBT_IS_SETTLED), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 60), books.open_items()
