"""Graph refuses, breaks off, hangs, or loses its answers: everybody is answered once and in order all the same."""

import subprocess
import sys
from collections import Counter
from random import Random
from time import sleep

import pytest

from tests.processes.balance import assert_all_is_well
from tests.processes.clinic import CLINIC, NUMBER
from tests.processes.crowd import Crowd
from tests.processes.ground import Books, Database
from tests.processes.meta import Meta
from tests.processes.stage import ROOT, Stage, eventually
from tests.processes.weather import REFUSALS, TAKEN, UNTAKEN, Mishap, Weather

pytestmark = [pytest.mark.processes, pytest.mark.slow]

TALKING = 12.0
UNKNOWN = "SELECT count(*) FROM channels_app_attempt WHERE outcome = 'unknown'"


def crowd_of(stage: Stage, chance: Random) -> Crowd:
    return Crowd(port=stage.port, chance=chance, people=30, messages=5, seconds=TALKING)


def assert_nothing_was_sent_twice(meta: Meta) -> None:
    """Of all that Meta took, the answers that it could not give included."""
    texts = Counter(taken.text for taken in meta.taken)
    assert {text: count for text, count in texts.items() if count > 1} == {}


@pytest.mark.parametrize("mishaps", [REFUSALS, TAKEN, UNTAKEN], ids=["refuses", "takes and is lost", "never takes"])
def test_all_kinds_of_trouble(
    mishaps: tuple[Mishap, ...], stage: Stage, meta: Meta, books: Books, chance: Random
) -> None:
    """What is in doubt and was not taken is sent once more, a minute later, when the weather is fair again."""
    crowd = crowd_of(stage, chance)
    meta.weather = Weather(chance, dict.fromkeys(mishaps, 0.25 / len(mishaps)))
    stage.start()
    crowd.talk()
    meta.weather.over = True
    assert meta.weather.met.keys() == set(mishaps)
    assert_all_is_well(meta, books, crowd)
    assert_nothing_was_sent_twice(meta)


def test_what_meta_took_is_proven_by_statuses_that_come_late_twice_and_disordered(
    stage: Stage, meta: Meta, books: Books, database: Database, chance: Random
) -> None:
    """Workers die meanwhile, too, in the middle of what they sent."""
    assert meta.reporter
    crowd = crowd_of(stage, chance)
    meta.delay, meta.reporter.late, meta.reporter.chance = 0.2, 15.0, chance
    meta.weather = Weather(chance, dict.fromkeys(TAKEN, 0.1))
    stage.start()
    stage.wait_until_started("worker")
    with crowd.talking():
        for _ in range(3):
            sleep(chance.uniform(2, 3))
            stage["worker"].kill()
            stage.start("worker")
    meta.weather.over = True
    assert_all_is_well(meta, books, crowd)
    assert_nothing_was_sent_twice(meta)
    assert database.rows(UNKNOWN) == [(0,)]


def test_an_answer_that_comes_too_late_holds_up_its_own_conversation_alone(
    stage: Stage, meta: Meta, books: Books, chance: Random
) -> None:
    slow = Crowd(port=stage.port, chance=chance, name="slow", people=8, messages=2, seconds=1)
    crowd = crowd_of(stage, chance)
    meta.weather = Weather(chance, {Mishap.HANGS: 1.0})
    stage.start()
    slow.talk()
    assert eventually(lambda: len(meta.heard()) == slow.people, 60)
    meta.weather.over = True
    crowd.talk()
    assert eventually(lambda: crowd.said().items() <= meta.heard().items(), 60), crowd.misheard(meta.heard())
    assert_all_is_well(meta, books, slow, crowd)
    assert_nothing_was_sent_twice(meta)


def test_a_day_without_a_token_that_is_good(
    stage: Stage, meta: Meta, books: Books, database: Database, chance: Random
) -> None:
    """Whatever comes meanwhile is held, Meta is not asked in vain for each, and all goes out in order afterwards."""
    crowd = crowd_of(stage, chance)
    stage.start()
    with crowd.talking():
        sleep(TALKING / 3)
        meta.token_is_good = False
    assert eventually(lambda: blocked(database) and "outbound pending" not in books.open_items(), 60)
    held = books.messages()["outbound held"]
    assert held > 10
    sleep(5)
    assert books.messages()["outbound held"] == held
    probe(stage)
    assert blocked(database), "Meta still refuses the token"
    meta.token_is_good = True
    probe(stage)
    assert_all_is_well(meta, books, crowd)
    assert_nothing_was_sent_twice(meta)
    assert {taken.number for taken in meta.taken} == {NUMBER} == set(CLINIC.numbers)


def blocked(database: Database) -> bool:
    return database.rows("SELECT count(*) FROM channels_app_provider WHERE blocked_at IS NOT NULL") == [(1,)]


def probe(stage: Stage) -> None:
    """What beat has done once an hour."""
    code = "from channels_app import tasks; tasks.probe()"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=ROOT,
        env=dict(stage.environment),
        check=True,
        capture_output=True,
    )
