"""What is held, what is too old, and what is taken together."""

import pytest
import time_machine

from channels_app import clock
from channels_app.inbound import release as inbound_release
from channels_app.models import (
    Channel,
    Message,
)
from tests.fixtures import (
    FakeGraph,
    Post,
    Work,
    change,
    notification,
    text,
    theirs,
)


class TestHolding:
    def test_an_inactive_channel_holds_and_goes_on_in_order(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        Channel.objects.update(is_active=False)
        post(notification(change(text("one", "a"), text("two", "b"))))
        work()
        assert set(Message.objects.values_list("status", flat=True)) == {"held"}
        Channel.objects.update(is_active=True)
        inbound_release.release_held()
        work()
        assert graph.texts == ["one", "two"]

    def test_a_message_older_than_the_channel_answers_is_shown_and_ignored(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        Channel.objects.update(answer_within=600)
        post(notification(change(text(at=clock.now().timestamp() - 700))))
        work()
        assert (graph.texts, theirs().status) == ([], "ignored")

    def test_quick_messages_are_one_turn_where_the_channel_says_so(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Channel.objects.update(debounce=5)
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("one", "a"))))
            work()
            now.shift(3)
            post(notification(change(text("two", "b"))))
            work()
            assert graph.texts == []
            now.shift(6)
            work()
        assert graph.texts == ["one", "two"]
        assert Message.objects.filter(direction="inbound").values("turn_id").distinct().count() == 1
