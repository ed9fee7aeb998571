"""What Meta says became of our messages."""

from channels_app.models import (
    Channel,
    EventState,
    InboundEvent,
    Provider,
)
from tests.fixtures import (
    FakeGraph,
    Post,
    Work,
    change,
    error_of,
    make_channel,
    notification,
    ours,
    status,
    text,
)


class TestStatuses:
    def test_move_forward_only(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        post(notification(change(text())))
        work()
        seen = []
        for name in ("delivered", "sent", "read", "delivered", "played"):
            post(notification(change(statuses=[status("wamid.out.1", name)])))
            work()
            seen.append(ours()[0].status)
        assert seen == ["delivered", "delivered", "read", "read", "played"]

    def test_of_one_batch_count_by_rank(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        post(notification(change(text())))
        work()
        names = ("read", "sent", "delivered")
        post(notification(change(statuses=[status("wamid.out.1", name) for name in names])))
        work()
        assert ours()[0].status == "read"

    def test_may_come_before_our_own_answer(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        post(notification(change(statuses=[status("wamid.out.1", "delivered")])))
        work()
        assert InboundEvent.objects.get().state == EventState.UNMATCHED
        post(notification(change(text())))
        work()
        assert ours()[0].status == "delivered"

    def test_of_another_channel_touch_nothing(
        self, post: Post, channel: Channel, provider: Provider, graph: FakeGraph, work: Work
    ) -> None:
        make_channel(provider, "22", phone_number="+27600559999")
        post(notification(change(text())))
        work()
        callback = graph.asked[0]["biz_opaque_callback_data"]
        post(notification(change(statuses=[status("wamid.out.1", "read", callback=callback)], number="22")))
        work()
        assert ours()[0].status == "accepted"

    def test_a_failure_after_delivery_is_noted_beside_it(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text())))
        work()
        gone = {"code": 131026, "title": "Message undeliverable"}
        for item in (status("wamid.out.1", "delivered"), status("wamid.out.1", "failed", errors=[gone])):
            post(notification(change(statuses=[item])))
            work()
        assert (ours()[0].status, error_of(ours()[0])["code"]) == ("delivered", 131026)

    def test_a_late_failure_of_another_kind_is_final(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text())))
        work()
        gone = {"code": 131026, "title": "Message undeliverable"}
        post(notification(change(statuses=[status("wamid.out.1", "failed", errors=[gone])])))
        work()
        assert (ours()[0].status, graph.types) == ("failed", ["text"])
