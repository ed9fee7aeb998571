"""A text comes in, and its answer goes out."""

from channels_app import clock
from channels_app.models import (
    Attempt,
    Channel,
    Conversation,
    Participant,
)
from tests.fixtures import (
    FakeGraph,
    Post,
    Work,
    change,
    eventually,
    nameless,
    notification,
    ours,
    text,
    theirs,
)


class TestText:
    def test_is_answered_once(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        for _ in range(4):
            post(notification(change(text("Hello"))))
            work()
        assert graph.texts == ["Hello"]
        assert theirs().status == "answered"
        (reply,) = ours()
        assert (reply.status, reply.sent_as, reply.wamid, reply.text) == ("accepted", "text", "wamid.out.1", "Hello")

    def test_goes_to_the_number_with_its_plus_and_our_ids(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text())))
        work()
        asked = graph.asked[0]
        assert asked["to"] == "+27831234567"
        assert ours()[0].pk.hex in asked["biz_opaque_callback_data"]
        assert Attempt.objects.get().pk.hex in asked["biz_opaque_callback_data"]

    def test_three_in_one_change_are_answered_in_order(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("one", "a"), text("two", "b"), text("three", "c"))))
        work()
        assert graph.texts == ["one", "two", "three"]

    def test_metas_time_decides_the_order(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        now = clock.now().timestamp()
        post(notification(change(text("second", "b", at=now - 5))))
        post(notification(change(text("first", "a", at=now - 9))))
        work()
        assert graph.texts == ["first", "second"]

    def test_comes_with_a_read_receipt_and_a_typing_indicator(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text(wamid="wamid.theirs"))))
        work()
        (receipt,) = eventually(lambda: [one for one in graph.receipts if one["message_id"] == "wamid.theirs"])
        assert (receipt["message_id"], receipt["typing_indicator"]) == ("wamid.theirs", {"type": "text"})

    def test_of_a_person_without_a_number_is_answered_through_recipient(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(nameless(user_id="ZA.48213907715526"))))
        work()
        assert graph.asked[0]["recipient"] == "ZA.48213907715526"
        assert "to" not in graph.asked[0]

    def test_a_long_reply_goes_in_several_parts_in_order(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("word " * 1500))))
        work()
        assert len(graph.texts) == 2
        assert all(len(said) <= 4096 for said in graph.texts)
        assert "".join(graph.texts).count("word") == 1500

    def test_both_ids_and_later_one_of_them_are_one_person(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("1", "a") | {"from_user_id": "ZA.482"})))
        post(notification(change(nameless("2", "b", user_id="ZA.482"))))
        work()
        assert Participant.objects.count() == Conversation.objects.count() == 1
