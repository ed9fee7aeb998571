"""A worker dies in the middle of its work: nothing is lost, nothing is said twice, and everybody's order is kept."""

from random import Random
from time import sleep

import pytest

from tests.processes.crowd import Crowd
from tests.processes.ground import Books, Database
from tests.processes.meta import Meta
from tests.processes.stage import Stage, eventually

pytestmark = pytest.mark.processes


def test_killed_before_its_sends_and_after_them(
    stage: Stage, meta: Meta, database: Database, books: Books, chance: Random
) -> None:
    early = Crowd(port=stage.port, chance=chance, name="early", people=6, messages=3, seconds=0.5)
    late = Crowd(port=stage.port, chance=chance, name="late", people=6, messages=3, seconds=0.5)
    stage.start()
    stage.wait_until_started("worker")
    with database.locked("channels_app_delivery"):
        early.talk()
        assert eventually(lambda: database.waiting_for_a_lock() >= early.people, 60)
        stage["worker"].kill()
        database.break_off_who_waits()
    meta.hold_answers()
    stage.start("worker")
    late.talk()
    assert eventually(lambda: len(meta.taken) == late.people, 60)
    stage["worker"].kill()
    meta.give_answers()
    stage.start("worker")
    assert eventually(lambda: meta.heard() == early.said() | late.said(), 60), meta.heard()
    assert eventually(lambda: not books.open_items(), 60), books.open_items()


@pytest.mark.slow
def test_killed_again_and_again_in_mid_load(stage: Stage, meta: Meta, books: Books, chance: Random) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=30, messages=20, seconds=20)
    meta.delay = 0.2
    stage.start()
    with crowd.talking():
        for _ in range(5):
            sleep(chance.uniform(2, 4))
            stage["worker"].kill()
            stage.start("worker")
    assert eventually(lambda: meta.heard() == crowd.said(), 100), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 60), books.open_items()
