"""Bots that fail, and bots that say nothing."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from channels_app import clock
from channels_app.bots.contract import Answer, Reply, Turn
from channels_app.models import (
    Bot,
    Channel,
    Message,
)
from channels_app.outbound import presence
from tests.fixtures import (
    FakeGraph,
    Post,
    Work,
    change,
    error_of,
    eventually,
    notification,
    text,
    theirs,
)


class FailingEngine:
    """A bot that raises, or answers nothing, as told by its configuration."""

    asked: list[Turn] = []

    def __init__(self, *, fail: bool = True) -> None:
        self.fail = fail

    def reply(self, turn: Turn) -> Answer:
        self.asked.append(turn)
        if self.fail:
            raise KeyError("the bot's own bug")
        return Answer(replies=(Reply(text=" "),))


class PatientEngine:
    """A bot that answers once `until` comes true."""

    until: Callable[[], Any] = bool

    def reply(self, turn: Turn) -> Answer:
        eventually(type(self).until)
        return Answer(replies=(Reply(text="At last"),))


class ManyEngine:
    def reply(self, turn: Turn) -> Answer:
        return Answer(replies=tuple(Reply(text=str(number)) for number in range(1500)))


class TestBots:
    @pytest.fixture(autouse=True)
    def _wire(self, settings: object) -> None:
        settings.BOT_ENGINES = {"failing": f"{__name__}.FailingEngine"}  # type: ignore[attr-defined]
        FailingEngine.asked = []

    def test_a_failing_bot_is_asked_again_with_the_same_turn_and_then_set_aside(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        Bot.objects.update(engine="failing")
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            for _ in range(8):
                work()
                now.shift(120)
        assert 2 <= len(FailingEngine.asked) <= 5
        assert len({turn.id for turn in FailingEngine.asked}) == 1
        assert theirs().status == "held"
        assert error_of(theirs())["title"] == "Set aside"

    def test_people_see_that_it_is_typing_for_as_long_as_it_works(
        self,
        post: Post,
        channel: Channel,
        graph: FakeGraph,
        work: Work,
        settings: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert presence.RENEWED_EVERY == 20.0
        monkeypatch.setattr(presence, "RENEWED_EVERY", 0.5)
        monkeypatch.setattr(PatientEngine, "until", staticmethod(lambda: len(graph.receipts) >= 3))
        settings.BOT_ENGINES = {"patient": f"{__name__}.PatientEngine"}
        Bot.objects.update(engine="patient")
        post(notification(change(text("Hello", "wamid.a"))))
        work()
        typing = [receipt for receipt in graph.receipts if receipt.get("typing_indicator") == {"type": "text"}]
        assert len(typing) >= 3
        assert {receipt["message_id"] for receipt in typing} == {"wamid.a"}
        assert graph.texts == ["At last"]

    def test_an_answer_of_very_many_replies_is_kept_whole(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work, settings: Any
    ) -> None:
        settings.BOT_ENGINES = {"many": f"{__name__}.ManyEngine"}
        Bot.objects.update(engine="many")
        post(notification(change(text("Hello"))))
        work()
        assert theirs().status == "answered"
        assert Message.objects.filter(direction="outbound").count() == 1500

    def test_an_empty_answer_is_an_answer(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        Bot.objects.update(engine="failing", config={"fail": False})
        post(notification(change(text("Hello"))))
        work()
        assert (graph.texts, theirs().status) == ([], "answered")
