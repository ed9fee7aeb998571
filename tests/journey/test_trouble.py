"""Meta refuses, fails, or does not answer."""

import pytest
import requests
import time_machine

from channels_app import clock, pulses
from channels_app.models import (
    Channel,
    Message,
    Notice,
    Provider,
)
from channels_app.outbound import release as outbound_release
from tests.fixtures import (
    PERSON,
    FakeGraph,
    Post,
    Work,
    change,
    notification,
    ours,
    refusal,
    status,
    text,
)


class TestTrouble:
    def test_a_dead_token_holds_the_reply_and_tells_the_team(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [refusal(190, 401)]
        post(notification(change(text("one", "a"))))
        work()
        post(notification(change(text("two", "b"))))
        work()
        assert [message.status for message in ours()] == ["held", "held"]
        assert len(graph.asked) == 1
        assert Message.objects.filter(direction="inbound", status="answered").count() == 2
        assert (Notice.objects.get().kind, Notice.objects.get().code) == ("access", 190)

    def test_what_was_held_goes_out_in_order_when_the_account_is_mended(
        self, post: Post, channel: Channel, provider: Provider, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [refusal(190, 401)]
        post(notification(change(text("one", "a"), text("two", "b"))))
        work()
        Provider.objects.update(blocked_at=None)
        outbound_release.release_held()
        work()
        assert graph.texts == ["one", "one", "two"]

    def test_a_fault_of_metas_is_tried_again_later(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [refusal(131016, 500)]
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            work()
            assert ours()[0].status == "pending"
            now.shift(5)
            work()
        assert ours()[0].status == "accepted"

    def test_a_lost_answer_is_proven_by_a_status(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [(200, requests.ReadTimeout())]
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            work()
            now.shift(30)
            post(
                notification(
                    change(statuses=[status("w.9", "sent", callback=graph.asked[0]["biz_opaque_callback_data"])])
                )
            )
            work()
            now.shift(3600)
            work()
        assert len(graph.asked) == 1
        assert (ours()[0].status, ours()[0].wamid) == ("sent", "w.9")

    def test_a_lost_answer_is_sent_again_where_other_statuses_came(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [(200, requests.ReadTimeout())]
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            work()
            now.shift(10)
            post(notification(change(statuses=[status("another")])))
            work()
            now.shift(45)
            work()
            assert len(graph.asked) == 1
            now.shift(10)
            work()
        assert graph.texts == ["Hello", "Hello"]

    @pytest.mark.parametrize("sender", [PERSON, "15550200456"])
    def test_a_lost_answer_is_sent_again_where_anybody_wrote_since(
        self,
        post: Post,
        channel: Channel,
        graph: FakeGraph,
        work: Work,
        sender: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(pulses, "WRITTEN_EVERY", 0.0)
        graph.answers = [(200, requests.ReadTimeout())]
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            work()
            now.shift(10)
            post(notification(change(text("Anybody?", "wamid.2", sender=sender))))
            work()
            now.shift(49)
            work()
            assert graph.texts.count("Hello") == 1
            now.shift(2)
            work()
        assert graph.texts.count("Hello") == 2
        assert graph.texts.count("Anybody?") == 1

    def test_a_lost_answer_waits_where_the_webhook_may_be_deaf(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [(200, requests.ReadTimeout())] * 2
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            for _ in range(14):
                work()
                now.shift(61)
            assert len(graph.asked) == 1
            assert ours()[0].unconfirmed
            for _ in range(20):
                now.shift(61)
                work()
        assert len(graph.asked) == 2
        assert ours()[0].status == "failed"

    def test_a_part_that_fails_ends_the_rest_of_its_delivery_and_the_next_goes_on(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [refusal(131026)]
        post(notification(change(text("word " * 1500, "a"), text("next", "b"))))
        work()
        assert [message.status for message in ours()] == ["failed", "failed", "accepted"]

    def test_a_reply_that_waited_too_long_is_not_sent_any_more(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [refusal(4)] * 100
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            for _ in range(20):
                work()
                now.shift(3600)
        assert ours()[0].status == "expired"
