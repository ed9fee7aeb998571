"""Workers that die, and payloads that mix."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from channels_app import clock
from channels_app.models import (
    Attempt,
    Channel,
    KeptFile,
    Outcome,
    Provider,
)
from tests.fixtures import (
    GRAPH,
    NUMBER,
    FakeGraph,
    Post,
    Work,
    change,
    make_channel,
    notification,
    ours,
    status,
    text,
)


class TestCrashes:
    def test_a_worker_that_died_after_sending_is_not_repeated_at_once(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [(200, SystemExit())]
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            with pytest.raises(SystemExit):
                work()
            Attempt.objects.update(outcome=Outcome.OPEN)
            now.shift(40)
            work()
            assert len(graph.asked) == 1
            callback = graph.asked[0]["biz_opaque_callback_data"]
            post(notification(change(statuses=[status("w.9", "sent", callback=callback)])))
            work()
            now.shift(timedelta(minutes=20))
            work()
        assert (len(graph.asked), ours()[0].status) == (1, "sent")

    def test_a_worker_that_died_while_a_voice_note_went_up_leaves_the_note_and_no_doubt(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work, settings: Settings
    ) -> None:
        settings.BUILT_IN_VOICE = "espeak"
        Channel.objects.update(voice_replies="always")
        went_up: list[Any] = []

        def take(request: Any) -> tuple[int, dict[str, str], str]:
            went_up.append(request)
            if len(went_up) == 1:
                raise SystemExit
            return 200, {}, '{"id": "1037"}'

        graph.wire.remove("POST", f"{GRAPH}/{NUMBER}/media")
        graph.wire.add_callback("POST", f"{GRAPH}/{NUMBER}/media", callback=take)
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            with pytest.raises(SystemExit):
                work()
            now.shift(40)
            work()
        assert (graph.asked[0]["audio"], len(graph.asked)) == ({"id": "1037", "voice": True}, 1)
        assert (KeptFile.objects.count(), Attempt.objects.count(), ours()[0].sent_as) == (1, 1, "voice")

    def test_two_numbers_and_a_strangers_in_one_payload_are_routed_rightly(
        self, post: Post, channel: Channel, provider: Provider, graph: FakeGraph, work: Work
    ) -> None:
        make_channel(provider, "22", phone_number="+27600559999")
        graph.wire.add_callback("POST", f"{GRAPH}/22/messages", callback=graph.take)
        post(notification(change(text("to one", "a")), change(text("to two", "b"), number="22"),
             change(text("to none", "c"), number="33")))  # fmt: skip
        work()
        assert sorted(graph.texts) == ["to one", "to two"]
        assert {(m.channel.phone_number_id, m.text) for m in ours()} == {(NUMBER, "to one"), ("22", "to two")}
