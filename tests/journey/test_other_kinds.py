"""What comes in besides text."""

from typing import Any

from channels_app.gateways import reader_for
from channels_app.gateways.meta.reader import MetaReader
from channels_app.messages import InboundMessage
from channels_app.models import (
    Channel,
    EventState,
    InboundEvent,
    Message,
)
from tests.fixtures import (
    FakeGraph,
    Post,
    Work,
    change,
    item,
    notification,
    status,
    text,
    theirs,
)


class BreakingReader(MetaReader):
    """A reader with a bug: it breaks on one message."""

    @staticmethod
    def read_message(raw: bytes, contact: bytes | None) -> InboundMessage:
        if b"poison" in raw:
            raise ZeroDivisionError
        return MetaReader.read_message(raw, contact)


class TestOtherKinds:
    def test_another_type_is_answered_with_a_word_on_what_arrived(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        pin = {"latitude": -33.9, "longitude": 18.4, "name": "City Hall"}
        post(notification(change(item("location", pin))))
        work()
        assert "City Hall" in graph.texts[0]

    def test_a_reaction_asks_nothing(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        reaction = {"message_id": "wamid.x", "emoji": "👍"}
        post(notification(change(item("reaction", reaction))))
        work()
        assert (graph.texts, theirs().status, theirs().type) == ([], "ignored", "reaction")

    def test_a_group_is_kept_and_not_answered(self, post: Post, channel: Channel, graph: FakeGraph, work: Work) -> None:
        post(notification(change(text() | {"group_id": "Y2FwaQ=="})))
        work()
        assert (graph.texts, theirs().status, theirs().conversation) == ([], "ignored", None)

    def test_what_cannot_be_read_is_listed_as_held_and_the_next_one_answered(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        odd = text("x", "odd") | {"text": 7}
        post(notification(change(odd, text("fine", "b"))))
        work()
        assert graph.texts == ["fine"]
        assert Message.objects.get(wamid="odd").status == "held"
        assert InboundEvent.objects.get(external_id="odd").state == EventState.UNPARSED

    def test_a_message_that_names_no_number_is_kept_and_holds_up_nobody(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        homeless = change(text("lost", "h"), statuses=[status("s")])
        homeless["value"]["metadata"] = {}
        post(notification(homeless))
        post(notification(change(text("fine", "b"))))
        work()
        assert graph.texts == ["fine"]
        assert set(InboundEvent.objects.filter(channel=None).values_list("state", flat=True)) == {EventState.UNPARSED}

    def test_an_event_that_breaks_its_reader_is_set_aside_and_holds_up_nobody(
        self, post: Post, channel: Channel, graph: FakeGraph, work: Work, settings: Any
    ) -> None:
        settings.NOTIFICATION_READERS = {"meta": f"{__name__}.BreakingReader"}
        reader_for.cache_clear()
        post(notification(change(text("poison", "a"), text("fine", "b"))))
        for _ in range(4):
            work()
        assert graph.texts == ["fine"]
        reader_for.cache_clear()
        assert InboundEvent.objects.get(external_id="a").state == EventState.POISONED
