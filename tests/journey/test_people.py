"""A member of the team takes a conversation over, has what failed sent again, and gives it back."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from channels_app import clock, mailboxes
from channels_app.bots.contract import Reply
from channels_app.inbound import handover, release
from channels_app.models import Channel, Conversation, Delivery, Look, Message, Participant, Source, User
from channels_app.outbound import again, promising
from channels_app.web.conversations import writing
from tests.fixtures import FakeGraph, Post, Work, change, notification, ours, refusal, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tell(post: Post, work: Work, channel: Channel) -> Any:
    def tell_now(*messages: Any) -> None:
        for message in messages:
            post(notification(change(message)))
            work()

    return tell_now


def say(words: str, source: Source = Source.PERSON) -> None:
    conversation = Conversation.objects.select_related("channel").get()
    promising.promise(conversation, conversation.channel, [Reply(text=words)], source=source)
    mailboxes.ring([conversation.pk])


def answer(member: User, words: str) -> None:
    """What a member of the team writes on the conversation's page."""
    conversation = Conversation.objects.select_related("channel", "team", "participant").get()
    writing.say(conversation, Reply(text=words), member, clock.uuid7())


class TestTakingOver:
    def test_the_bot_is_not_asked_until_it_is_given_back(
        self, tell: Any, graph: FakeGraph, work: Work, alice: User
    ) -> None:
        tell(text("one", "a"))
        conversation = Conversation.objects.get()
        handover.take_over(conversation.pk, alice.pk)
        tell(text("two", "b"))
        say("A person here")
        work()
        tell(text("three", "c"))
        assert graph.texts == ["one", "A person here"]
        handover.give_back([conversation.pk])
        work()
        assert graph.texts == ["one", "A person here", "three"]
        conversation.refresh_from_db()
        assert (conversation.taken_by, conversation.taken_at, conversation.waiting_since) == (None, None, None)

    def test_an_answer_alone_does_not_pause_the_bot_where_the_channel_does_not_say_so(
        self, tell: Any, graph: FakeGraph, work: Work, alice: User
    ) -> None:
        tell(text("one", "a"))
        answer(alice, "By the way")
        work()
        tell(text("two", "b"))
        assert graph.texts == ["one", "By the way", "two"]

    def test_whoever_answers_what_waits_has_it(self, tell: Any, graph: FakeGraph, alice: User, bob: User) -> None:
        tell(text("one", "a"))
        conversation = Conversation.objects.get()
        handover.answered(conversation.pk, alice.pk)
        assert Conversation.objects.get().taken_by is None
        Conversation.objects.update(**handover.columns("Wants a person"))
        for member in (alice, bob):
            handover.answered(conversation.pk, member.pk)
        conversation = Conversation.objects.get()
        assert (conversation.taken_by, conversation.waiting_why) == (alice, "Wants a person")

    def test_stays_with_the_person_who_gets_another_id(self, tell: Any, graph: FakeGraph, alice: User) -> None:
        tell(text("one", "a"), text("who", "b") | {"from": "27825550100", "from_user_id": "ZA.1"})
        first, second = Conversation.objects.order_by("pk")
        handover.take_over(second.pk, alice.pk)
        for each in (first, second):
            Look.objects.create(user=alice, conversation=each, seen=clock.uuid7())
        Participant.objects.filter(pk=second.participant_id).update(wa_id=None)
        tell(text("me", "c") | {"from_user_id": "ZA.1"})
        merged = Conversation.objects.get()
        assert (merged.taken_by, Look.objects.count()) == (alice, 1)
        assert merged.waiting_since is not None


class TestPausing:
    @pytest.fixture(autouse=True)
    def now(self, channel: Channel) -> Iterator[Any]:
        Channel.objects.update(pause_after_answer=600)
        with time_machine.travel(clock.now()) as moment:
            yield moment

    def test_an_answer_keeps_the_bot_quiet_for_the_channel_s_time(
        self, tell: Any, graph: FakeGraph, work: Work, alice: User, now: Any
    ) -> None:
        tell(text("one", "a"))
        answer(alice, "I am here")
        tell(text("two", "b"))
        answer(alice, "Done")
        tell(text("three", "c"))
        assert graph.texts == ["one", "I am here", "Done"]
        held = Message.objects.filter(status="held").values_list("text", flat=True)
        assert list(held) == ["two", "three"]
        handover.end_pauses()
        assert Conversation.objects.get().paused_until is not None
        now.shift(601)
        assert handover.end_pauses() == 1
        work()
        assert graph.texts == ["one", "I am here", "Done", "three"]
        assert Message.objects.get(text="two").status == "answered"

    def test_the_last_answer_counts(self, tell: Any, graph: FakeGraph, alice: User, now: Any) -> None:
        tell(text("one", "a"))
        answer(alice, "I am here")
        now.shift(599)
        answer(alice, "Still here")
        now.shift(2)
        assert handover.end_pauses() == 0

    def test_what_comes_as_it_ends_waits_for_what_came_before(
        self, tell: Any, graph: FakeGraph, work: Work, alice: User, now: Any
    ) -> None:
        tell(text("one", "a"))
        answer(alice, "I am here")
        tell(text("two", "b"))
        now.shift(601)
        tell(text("three", "c"))
        handover.end_pauses()
        work()
        assert graph.texts == ["one", "I am here", "two", "three"]

    def test_ends_early_when_it_is_handed_back(self, tell: Any, graph: FakeGraph, work: Work, alice: User) -> None:
        tell(text("one", "a"))
        answer(alice, "I am here")
        tell(text("two", "b"))
        assert handover.give_back([Conversation.objects.get().pk]) == 1
        work()
        assert graph.texts == ["one", "I am here", "two"]

    def test_ends_nothing_where_somebody_took_over(
        self, tell: Any, graph: FakeGraph, work: Work, alice: User, now: Any
    ) -> None:
        tell(text("one", "a"))
        answer(alice, "I am here")
        handover.take_over(Conversation.objects.get().pk, alice.pk)
        tell(text("two", "b"))
        now.shift(601)
        handover.end_pauses()
        work()
        assert graph.texts == ["one", "I am here"]
        assert Conversation.objects.get().taken_by == alice

    def test_is_let_alone_by_what_releases_other_messages(
        self, tell: Any, graph: FakeGraph, work: Work, alice: User
    ) -> None:
        tell(text("one", "a"))
        answer(alice, "I am here")
        tell(text("two", "b"))
        assert release.release_held() == 0

    def test_stays_with_the_person_who_gets_another_id(self, tell: Any, graph: FakeGraph, alice: User) -> None:
        tell(text("one", "a"), text("who", "b") | {"from": "27825550100", "from_user_id": "ZA.1"})
        second = Conversation.objects.order_by("pk")[1]
        handover.pause(second.pk, second.channel)
        Participant.objects.filter(pk=second.participant_id).update(wa_id=None)
        tell(text("me", "c") | {"from_user_id": "ZA.1"})
        assert Conversation.objects.get().paused_until is not None


class TestSendingAgain:
    def fail(self, tell: Any, graph: FakeGraph) -> Message:
        graph.answers = [refusal(131026)]
        tell(text("one", "a"))
        (failed,) = ours()
        assert failed.status == "failed"
        return failed

    def test_what_failed_goes_once_more(
        self, tell: Any, graph: FakeGraph, work: Work, channel: Channel, alice: User
    ) -> None:
        failed = self.fail(tell, graph)
        made = again.send_again(failed, channel, alice.pk)
        work()
        assert graph.texts == ["one", "one"]
        first, second = ours()
        assert (first.status, first.content[again.SENT_AGAIN]) == ("failed", str(made[0].pk))
        assert (second.status, second.delivery.source, second.delivery.author) == ("accepted", "bot", alice)  # type: ignore[union-attr]
        assert again.SENT_AGAIN not in second.content

    def test_once_however_often_it_is_asked(
        self, tell: Any, graph: FakeGraph, work: Work, channel: Channel, alice: User
    ) -> None:
        failed = self.fail(tell, graph)
        for _ in range(3):
            again.send_again(Message.objects.get(pk=failed.pk), channel, alice.pk)
        work()
        assert graph.texts == ["one", "one"]
        assert Delivery.objects.count() == 2

    def test_the_rest_of_a_reply_goes_along(
        self, tell: Any, graph: FakeGraph, work: Work, channel: Channel, alice: User
    ) -> None:
        tell(text("one", "a"))
        graph.answers = [refusal(131026)]
        say("word " * 1500)
        work()
        failed = [message for message in ours() if message.status == "failed"]
        assert len(failed) == 2
        again.send_again(failed[0], channel, alice.pk)
        work()
        assert [message.text for message in ours()[-2:]] == [message.text for message in failed]

    def test_what_arrived_does_not(self, tell: Any, graph: FakeGraph, channel: Channel, alice: User) -> None:
        tell(text("one", "a"))
        assert again.send_again(ours()[0], channel, alice.pk) == []


class TestWishes:
    @pytest.mark.parametrize(("open_", "statuses"), [(True, ["accepted"]), (False, ["failed"])])
    def test_whoever_wrote_stop_is_answered_in_the_window_alone(
        self, tell: Any, graph: FakeGraph, work: Work, open_: bool, statuses: list[str]
    ) -> None:
        tell(text("stop", "a"))
        Message.objects.filter(direction="outbound").delete()
        if not open_:
            Conversation.objects.update(service_window_expires_at=clock.now())
        say("Sorry to hear that")
        work()
        assert [message.status for message in ours()] == statuses
