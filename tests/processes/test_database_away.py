"""PostgreSQL goes away: webhooks are put off, never lost, and everything goes on by itself when it is back."""

from collections.abc import Callable, Iterator
from random import Random
from time import sleep

import pytest

from tests.processes.crowd import Crowd
from tests.processes.ground import Books, Database
from tests.processes.meta import Meta
from tests.processes.stage import Stage, eventually
from tests.processes.wire import Wire

pytestmark = pytest.mark.processes

AWAY_FOR = 20
"""Seconds; of those webhooks that waited for the database to come back some would wait almost as long."""
UNTIL_DOUBT_IS_SETTLED = 100
"""Seconds: a lease that could not be given back runs out after 30, an attempt nobody speaks of is repeated after 60."""


@pytest.fixture
def wire(database: Database) -> Iterator[Wire]:
    wire = Wire(database.host, database.port)
    yield wire
    wire.cut()


def cut(wire: Wire) -> None:
    wire.cut()
    sleep(AWAY_FOR)
    wire.mend()


def hangs(wire: Wire) -> None:
    wire.hang()
    sleep(AWAY_FOR)
    wire.flow()


@pytest.mark.parametrize("fault", [cut, hangs])
def test_meta_is_asked_to_come_back_and_all_is_answered_after(
    fault: Callable[[Wire], None],
    wire: Wire,
    stage: Stage,
    meta: Meta,
    database: Database,
    books: Books,
    chance: Random,
) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=20, messages=8, seconds=AWAY_FOR + 4)
    stage.start(DATABASE_URL=database.through(wire.port).url)
    with crowd.talking():
        sleep(2)
        fault(wire)
    put_off = [answer for answer in crowd.answers if answer.status != 200]
    assert {(answer.status, answer.retry_after.isdecimal()) for answer in put_off} == {(503, True)}
    assert max(answer.seconds for answer in crowd.answers) < AWAY_FOR / 2
    assert crowd.kept <= books.kept()
    assert eventually(lambda: meta.heard() == crowd.said(), UNTIL_DOUBT_IS_SETTLED), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 60), books.open_items()


def test_connections_that_the_server_ends_are_made_anew(
    stage: Stage, meta: Meta, database: Database, books: Books, chance: Random
) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=20, messages=8, seconds=6)
    stage.start()
    with crowd.talking():
        for _ in range(4):
            sleep(1)
            database.break_off_everybody()
    assert {answer.status for answer in crowd.answers} <= {200, 503}
    assert crowd.kept <= books.kept()
    assert eventually(lambda: meta.heard() == crowd.said(), UNTIL_DOUBT_IS_SETTLED), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 60), books.open_items()
