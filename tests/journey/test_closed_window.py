"""The window is shut: the template takes over."""

import time_machine

from channels_app import clock
from channels_app.models import (
    Attempt,
    Channel,
    Conversation,
    Notice,
)
from tests.fixtures import (
    GRAPH,
    WABA,
    WINDOW_SHUT,
    FakeGraph,
    Post,
    Work,
    change,
    error_of,
    notification,
    ours,
    refusal,
    status,
    text,
)

DAY = 24 * 3600


class TestClosedWindow:
    def test_a_day_old_message_is_answered_by_template(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("Hi\n\nthere", at=clock.now().timestamp() - DAY - 3600))))
        work()
        (asked,) = graph.asked
        assert (asked["type"], asked["template"]["name"], asked["template"]["language"]) == (
            "template",
            "new_bot_message",
            {"code": "en"},
        )
        (parameter,) = asked["template"]["components"][0]["parameters"]
        assert parameter["parameter_name"] == "bot_message"
        assert "\n" not in parameter["text"]
        assert ours()[0].sent_as == "template"

    def test_a_long_text_takes_several_templates(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("word " * 800, at=clock.now().timestamp() - 2 * DAY))))
        work()
        assert len(graph.texts) == 5
        assert all(len(said) <= 974 for said in graph.texts)
        assert " ".join(graph.texts).count("word") == 800
        assert [message.status for message in ours()] == ["accepted"] * 5

    def test_a_cap_on_templates_ends_the_last_one_with_an_ellipsis(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        Channel.objects.update(max_templates=2)
        post(notification(change(text("word " * 800, at=clock.now().timestamp() - 2 * DAY))))
        work()
        assert len(graph.texts) == 2
        assert graph.texts[1].endswith("…")
        assert " ".join(message.text for message in ours()).count("word") == 800

    def test_meta_says_so_at_once(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        graph.answers = [refusal(131047)]
        post(notification(change(text("Hello"))))
        work()
        assert graph.types == ["text", "template"]
        assert [attempt.outcome for attempt in Attempt.objects.order_by("id")] == ["stepped_down", "accepted"]
        window = Conversation.objects.get().service_window_expires_at
        assert window is not None
        assert window <= clock.now()

    def test_meta_says_so_later(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        post(notification(change(text("Hello"))))
        work()
        for _ in range(2):
            post(notification(change(statuses=[status("wamid.out.1", "failed", errors=[WINDOW_SHUT])])))
            work()
        assert graph.types == ["text", "template"]
        (message,) = ours()
        assert (message.status, message.wamid, message.sent_as) == ("accepted", "wamid.out.2", "template")

    def test_a_refusal_in_a_window_that_reopened_is_sent_freely_once_more(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello", "a"))))
            work()
            now.shift(60)
            post(notification(change(text("Still there?", "b"))))
            post(notification(change(statuses=[status("wamid.out.1", "failed", errors=[WINDOW_SHUT])])))
            work()
        assert graph.types == ["text", "text", "text"]
        assert sorted(graph.texts[1:]) == ["Hello", "Still there?"]

    def test_a_missing_template_fails_with_code_meaning_and_advice(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [refusal(132001, 404)]
        post(notification(change(text(at=clock.now().timestamp() - 2 * DAY))))
        work()
        (message,) = ours()
        assert message.status == "failed"
        assert error_of(message)["code"] == 132001
        assert error_of(message)["title"]
        assert error_of(message)["advice"]
        assert Notice.objects.get().kind == "template"

    def test_a_template_with_less_room_is_sent_shorter(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [refusal(132005)]
        body = {"type": "BODY", "text": "x" * 300 + " {{bot_message}}"}
        template = {"id": "1", "name": "new_bot_message", "language": "en", "status": "APPROVED", "category": "UTILITY"}
        listed = {"data": [template | {"parameter_format": "NAMED", "components": [body]}]}
        graph.wire.get(f"{GRAPH}/{WABA}/message_templates", json=listed)
        post(notification(change(text("word " * 180, at=clock.now().timestamp() - 2 * DAY))))
        work()
        assert all(len(said) <= 1024 - 301 for said in graph.texts[1:])
        assert " ".join(graph.texts[1:]).count("word") == 180
