"""What ends or hangs its worker is set aside after a few tries and shown, and holds up nobody but its own sender."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest

from tests.processes import clinic
from tests.processes.clinic import APP_SECRET, PERSON
from tests.processes.crowd import Crowd
from tests.processes.door import Door
from tests.processes.ground import Books, Database
from tests.processes.meta import Meta
from tests.processes.poison.words import ENDS, ENDS_READER, ENDS_TAKER, HANGS
from tests.processes.stage import Process, Stage, eventually

pytestmark = [pytest.mark.processes, pytest.mark.slow]

AFTERWARDS = "What comes after it"
LONGEST_STEP = 10
"""Seconds after which a bot is taken to hang."""
UNTIL_SET_ASIDE = 480.0
"""Seconds: every try of a mailbox ends with its lease, 30 s later; one of a file after 90."""
UNTIL_DOUBT_IS_SETTLED = 150.0
HELD = "SELECT text, error ->> 'title' FROM channels_app_message WHERE direction = 'inbound' AND status = 'held'"
FILES = "SELECT attachments FROM channels_app_message WHERE type = 'document'"
FETCHES = "SELECT count(*) FROM channels_app_fetch"
EVENTS = "SELECT state, reason FROM channels_app_inboundevent WHERE state NOT IN ('done', 'waiting')"


@pytest.fixture
def crowd(stage: Stage, database: Database, chance: Any) -> Crowd:
    """Everything is started, with a bot that some words are the end of."""
    database.do("UPDATE channels_app_bot SET engine = 'poisonous'")
    poison = {"DJANGO_SETTINGS_MODULE": "tests.processes.poison.settings", "LONGEST_STEP": str(LONGEST_STEP)}
    stage.environment = {**stage.environment, **poison, "MEDIA_ROOT": str(stage.folder / "media")}
    stage.start()
    stage.wait_until_started("worker")
    return Crowd(port=stage.port, chance=chance, people=20, messages=6, seconds=60)


@contextmanager
def watched_over(stage: Stage) -> Iterator[list[Process]]:
    """A worker that ends is started again, as who watches over it does; gives those that ended."""
    over = Event()
    ended: list[Process] = []

    def watch() -> None:
        while not over.wait(0.2):
            if not stage["worker"].is_running:
                ended.append(stage["worker"])
                stage.start("worker")

    thread = Thread(target=watch, name="watch")
    thread.start()
    try:
        yield ended
    finally:
        over.set()
        thread.join()


def deliver(stage: Stage, *messages: Any) -> None:
    with Door(stage.port, APP_SECRET) as door:
        for message in messages:
            door.deliver(clinic.notification(clinic.change(messages=[message])))


def assert_everybody_else_is_answered(crowd: Crowd, meta: Meta) -> None:
    """While it is there still, or not any more: it is all the same to them."""

    def others() -> dict[str, list[str]]:
        return {person: texts for person, texts in meta.heard().items() if person != PERSON}

    assert eventually(lambda: others() == crowd.said(), UNTIL_DOUBT_IS_SETTLED), crowd.misheard(others())


@pytest.mark.parametrize(("words", "at_most"), [(ENDS, 2), (HANGS, 0)], ids=["ends it", "hangs it"])
def test_words_that_a_bot_does_not_survive(
    words: str, at_most: int, crowd: Crowd, stage: Stage, meta: Meta, database: Database, books: Books
) -> None:
    """From the third try on it is asked in the ward, where nobody else is hurt."""
    with watched_over(stage) as ended:
        deliver(stage, clinic.text(words, "wamid.poison"), clinic.text(AFTERWARDS, "wamid.afterwards"))
        crowd.talk()
        assert_everybody_else_is_answered(crowd, meta)
        assert eventually(lambda: database.rows(HELD), UNTIL_SET_ASIDE, pause=1) == [(words, "Set aside")]
        assert eventually(lambda: meta.heard().get(PERSON) == [AFTERWARDS], 90), meta.heard().get(PERSON)
        assert eventually(lambda: books.open_items() == {"inbound held": 1}, 90), books.open_items()
    assert len(ended) <= at_most
    assert "ward_opens" in stage.logs()


def test_a_message_that_its_reader_does_not_survive(
    crowd: Crowd, stage: Stage, meta: Meta, database: Database, books: Books
) -> None:
    with watched_over(stage) as ended:
        deliver(stage, clinic.text(ENDS_READER, "wamid.poison"), clinic.text(AFTERWARDS, "wamid.afterwards"))
        crowd.talk()
        assert_everybody_else_is_answered(crowd, meta)
        assert eventually(lambda: meta.heard().get(PERSON) == [AFTERWARDS], 90), meta.heard().get(PERSON)
        left = {"events set aside": 1, "inbound held": 1}
        assert eventually(lambda: books.open_items() == left, 90), books.open_items()
    assert database.rows(EVENTS) == [("poisoned", "It broke what reads it.")]
    assert database.rows(HELD) == [("", "Unreadable")]
    assert 1 <= len(ended) <= 5


def test_a_file_that_who_takes_it_does_not_survive(
    crowd: Crowd, stage: Stage, meta: Meta, database: Database, books: Books
) -> None:
    """Its message is answered without it, and the files of others come."""
    meta.files = {"8001": ENDS_TAKER, "8002": b"%PDF-1.4\n%%EOF\n"}
    other = crowd.persons()[0]
    with watched_over(stage) as ended:
        deliver(
            stage,
            clinic.document("8001", "wamid.poison"),
            clinic.text(AFTERWARDS, "wamid.afterwards"),
            clinic.document("8002", "wamid.book", sender=other),
        )
        crowd.talk()
        assert eventually(lambda: len(meta.heard().get(PERSON, [])) == 2, UNTIL_SET_ASIDE), meta.heard().get(PERSON)
        assert meta.heard()[PERSON][-1] == AFTERWARDS
        assert eventually(lambda: database.rows(FETCHES) == [(0,)], UNTIL_SET_ASIDE, pause=1)
        assert eventually(lambda: not books.open_items(), UNTIL_DOUBT_IS_SETTLED), books.open_items()
    assert {text for texts in crowd.said().values() for text in texts} <= {taken.text for taken in meta.taken}
    files = [file for (attachments,) in database.rows(FILES) for file in attachments]
    assert sorted("error" if "set aside" in file.get("error", "") else file["mime_type"] for file in files) == [
        "application/pdf",
        "error",
    ]
    assert len(ended) <= 2
