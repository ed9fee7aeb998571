"""The person writes again while the bot thinks."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
import time_machine
from pytest_django.fixtures import Settings

from channels_app import clock
from channels_app.bots.contract import Answer, Reply, Turn
from channels_app.inbound import receiving
from channels_app.models import Bot, Channel, Direction, Message
from tests.fixtures import FakeGraph, Post, Work, change, notification, text


class ThinkingEngine:
    """A bot that repeats what it was told, all in one; while it thinks, `meanwhile` happens."""

    asked: ClassVar[list[Turn]] = []
    meanwhile: ClassVar[Callable[[], None]] = lambda: None

    def reply(self, turn: Turn) -> Answer:
        self.asked.append(turn)
        type(self).meanwhile()
        return Answer(replies=(Reply(text=" + ".join(said.text for said in turn.messages)),))


Thinking = Callable[..., None]


@pytest.fixture
def thinking(settings: Settings, channel: Channel, post: Post, monkeypatch: pytest.MonkeyPatch) -> Thinking:
    """Have the bot think: each time it is asked, the person writes the next of these words, `after` that."""
    settings.BOT_ENGINES = {"thinking": f"{__name__}.ThinkingEngine"}
    Bot.objects.update(engine="thinking")
    ThinkingEngine.asked.clear()

    def think(*words: str, after: Callable[[], Any] = lambda: None) -> None:
        left = list(words)

        def meanwhile() -> None:
            after()
            if left:
                said = left.pop(0)
                post(notification(change(text(said, f"wamid.{said}"))))
                receiving.receive()

        monkeypatch.setattr(ThinkingEngine, "meanwhile", meanwhile)

    return think


@pytest.fixture
def starting_over(channel: Channel) -> None:
    Channel.objects.update(when_interrupted="start_over")


def test_both_are_answered_where_the_channel_does_not_say_otherwise(
    thinking: Thinking, post: Post, graph: FakeGraph, work: Work
) -> None:
    thinking("two")
    post(notification(change(text("one"))))
    work()
    assert graph.texts == ["one", "two"]


@pytest.mark.usefixtures("starting_over")
class TestStartingOver:
    def test_asks_for_both_as_one_turn_of_another_id(
        self, thinking: Thinking, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        thinking("two", "three")
        post(notification(change(text("one"))))
        work()
        assert graph.texts == ["one + two + three"]
        turns = [turn.id for turn in ThinkingEngine.asked]
        assert len(set(turns)) == 3
        rows = Message.objects.filter(direction=Direction.INBOUND)
        assert {(row.status, str(row.turn_id)) for row in rows} == {("answered", turns[-1])}

    def test_takes_what_waits_already_together_at_once(
        self, thinking: Thinking, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        thinking()
        post(notification(change(text("one", "a"), text("two", "b"))))
        work()
        assert (graph.texts, len(ThinkingEngine.asked)) == (["one + two"], 1)

    def test_answers_at_last_whoever_writes_on_and_on(
        self, thinking: Thinking, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        with time_machine.travel(clock.now(), tick=False) as now:
            thinking("two", "three", "four", after=lambda: now.shift(50))
            post(notification(change(text("one"))))
            work()
        assert graph.texts == ["one + two + three", "four"]

    def test_gathers_quick_messages_as_well(self, thinking: Thinking, post: Post, graph: FakeGraph, work: Work) -> None:
        Channel.objects.update(debounce=5)
        thinking("three")
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("one", "a"))))
            now.shift(1)
            post(notification(change(text("two", "b"))))
            work()
            assert ThinkingEngine.asked == []
            now.shift(6)
            work()
        assert graph.texts == ["one + two + three"]

    def test_leaves_what_comes_behind_a_wish_to_begin_anew_for_later(
        self, thinking: Thinking, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        thinking("two")
        post(notification(change(text("one", "a"), text("/reset", "b"), text("three", "c"))))
        work()
        assert graph.texts == ["one", "We start anew.", "three + two"]

    def test_is_not_asked_again_about_what_was_answered(
        self, thinking: Thinking, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        thinking()
        for number in range(2):
            post(notification(change(text(f"{number}", f"w.{number}"))))
            work()
        assert graph.texts == ["0", "1"]
