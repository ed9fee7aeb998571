"""Machines whose clocks are ten minutes apart: leases, windows and the order of a transcript are the same for all."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import sleep

import pytest

from tests.processes.balance import assert_all_is_well
from tests.processes.crowd import Crowd
from tests.processes.ground import Books, Database
from tests.processes.meta import Meta
from tests.processes.stage import Process, Stage

pytestmark = [pytest.mark.processes, pytest.mark.slow]

AHEAD, BEHIND = "300", "-300"
SHIFTED = """
import os
from datetime import UTC, datetime, timedelta

import time_machine

time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(os.environ["AHEAD_BY"])), tick=True).start()
"""
"""What Python runs before anything else of a process that finds it on its path."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> str:
    (tmp_path / "sitecustomize.py").write_text(SHIFTED)
    return str(tmp_path)


def ahead_by(process: Process) -> float:
    """How many seconds the clock of a process that has just said something is ahead of ours."""
    said = [json.loads(line) for line in process.said().splitlines() if line.startswith("{")]
    last = datetime.fromisoformat(said[-1]["timestamp"])
    return (last - datetime.now(last.tzinfo)).total_seconds()


def test_each_is_answered_once_and_in_order_and_dated_by_the_database(
    elsewhere: str, stage: Stage, meta: Meta, books: Books, database: Database, chance: Random
) -> None:
    crowd = Crowd(port=stage.port, chance=chance, people=30, messages=10, seconds=20)
    meta.delay = 0.2
    ((began,),) = database.rows("SELECT clock_timestamp()")
    for ahead in (AHEAD, BEHIND, AHEAD):
        stage.start("worker", PYTHONPATH=elsewhere, AHEAD_BY=ahead)
        stage.wait_until_started("worker")
    assert ahead_by(stage["worker"]) > 200
    stage.start("beat", PYTHONPATH=elsewhere, AHEAD_BY=BEHIND)
    stage.start("web", PYTHONPATH=elsewhere, AHEAD_BY=BEHIND)
    with crowd.talking():
        sleep(8)
        stage["worker"].kill()  # what it had leased is found by those whose clocks are behind
        sleep(4)
        stage["web"].kill()
        stage.start("web", PYTHONPATH=elsewhere, AHEAD_BY=AHEAD)
    assert_all_is_well(meta, books, crowd)
    assert_dated_and_in_order(database, crowd, began)


def assert_dated_and_in_order(database: Database, crowd: Crowd, began: datetime) -> None:
    ((now,),) = database.rows("SELECT clock_timestamp()")
    rows = database.rows(
        """
        SELECT wa_id, text, direction, message.created_at FROM channels_app_message AS message
        JOIN channels_app_conversation AS talk ON talk.id = conversation_id
        JOIN channels_app_participant AS person ON person.id = participant_id ORDER BY message.id
        """
    )
    a_moment = timedelta(seconds=5)
    assert all(began - a_moment < created_at < now + a_moment for *_, created_at in rows)
    for direction in ("inbound", "outbound"):
        written = {
            person: [text for who, text, way, _ in rows if (who, way) == (person, direction)] for person, *_ in rows
        }
        assert written == crowd.said()
    places = {(text, direction): place for place, (_, text, direction, _) in enumerate(rows)}
    assert all(places[text, "inbound"] < places[text, "outbound"] for text, _ in places)
