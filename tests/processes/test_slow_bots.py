"""Bots that take their time: many are asked at once, and each turn until its answer is saved, and no longer."""

import json
from collections import defaultdict
from random import Random
from threading import Barrier, BrokenBarrierError, Lock
from time import sleep
from typing import Any

import pytest

from tests.far_end import Asked, FarEnd
from tests.processes.crowd import Crowd
from tests.processes.ground import Books, Database
from tests.processes.meta import Meta
from tests.processes.stage import Stage, eventually

pytestmark = pytest.mark.processes

PEOPLE = 50


def echo(asked: Asked) -> tuple[int, Any]:
    return 200, {"messages": [{"text": said["text"]} for said in asked.json["messages"]]}


@pytest.fixture
def service(far_end: FarEnd, stage: Stage, database: Database) -> FarEnd:
    """The clinic's bot is a service on this machine, which the operator allows."""
    change = "UPDATE channels_app_bot SET engine = 'http', config = %s RETURNING id"
    database.rows(change, json.dumps({"url": f"{far_end.url}/turns"}))
    stage.environment = {**stage.environment, "OUTBOUND_PRIVATE_HOSTS": "127.0.0.1"}
    far_end.otherwise = echo
    return far_end


def test_fifty_people_are_answered_side_by_side_by_one_worker(
    stage: Stage, meta: Meta, books: Books, service: FarEnd, chance: Random
) -> None:
    """The service answers nobody before it was asked about all of them: one after the other would take for ever."""
    together = Barrier(PEOPLE)

    def wait_for_all(asked: Asked) -> tuple[int, Any]:
        try:
            together.wait(60)
        except BrokenBarrierError:
            return 400, None
        return echo(asked)

    service.otherwise = wait_for_all
    crowd = Crowd(port=stage.port, chance=chance, people=PEOPLE, messages=1, seconds=0.5)
    stage.start()
    stage.wait_until_started("worker")
    crowd.talk()
    assert eventually(lambda: meta.heard() == crowd.said(), 90), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 20), books.open_items()


def test_a_turn_is_asked_again_only_until_its_answer_is_saved(
    stage: Stage, meta: Meta, database: Database, books: Books, service: FarEnd, chance: Random
) -> None:
    """Each time it is asked, the service looks whether the answer is there already; workers die meanwhile."""
    asked_late: list[str] = []
    messages_of: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    lock = Lock()

    def look(asked: Asked) -> tuple[int, Any]:
        turn = asked.json
        ids = tuple(said["id"] for said in turn["messages"])
        rows = database.rows("SELECT status FROM channels_app_message WHERE id::text = ANY(%s)", list(ids))
        with lock:
            messages_of[turn["turn"]].add(ids)
            asked_late.extend(status for (status,) in rows if status != "received")
        sleep(chance.uniform(0.1, 0.6))
        return echo(asked)

    service.otherwise = look
    crowd = Crowd(port=stage.port, chance=chance, people=12, messages=4, seconds=6)
    stage.start()
    stage.wait_until_started("worker")
    with crowd.talking():
        for _ in range(2):
            sleep(chance.uniform(1.5, 2.5))
            stage["worker"].kill()
            stage.start("worker")
    assert eventually(lambda: meta.heard() == crowd.said(), 120), crowd.misheard(meta.heard())
    assert eventually(lambda: not books.open_items(), 30), books.open_items()
    assert asked_late == []
    assert [ids for ids in messages_of.values() if len(ids) > 1] == []
    assert len(messages_of) == 12 * 4
