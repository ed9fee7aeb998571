"""Who may talk, and what people want to hear: allowed senders, STOP and START, marketing, consent, and a new start."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from channels_app import clock
from channels_app.inbound.amending import wish
from channels_app.models import Channel, Conversation, Message, Participant
from tests.fixtures import (
    PERSON,
    FakeGraph,
    Post,
    Work,
    change,
    item,
    nameless,
    notification,
    ours,
    status,
    text,
    theirs,
)

URL = "/api/v1/messages/"
DAY = 24 * 3600.0


@pytest.fixture
def tell(post: Post, work: Work, channel: Channel) -> Any:
    def tell_now(*messages: Any) -> None:
        for message in messages:
            post(notification(change(message)))
            work()

    return tell_now


def preference(value: str, at: float, **ids: str) -> Any:
    said = {**(ids or {"wa_id": PERSON}), "category": "marketing_messages", "value": value, "timestamp": int(at)}
    found = change()
    found["field"] = "user_preferences"
    found["value"]["user_preferences"] = [said]
    return notification(found)


class TestAllowedSenders:
    @pytest.mark.parametrize(
        ("allowed", "answered"),
        [
            ([], True),
            (["+27831234567"], True),
            (["27831234567"], True),
            (["2783*"], True),
            (["+27*"], True),
            (["ZA.*"], True),
            (["ZA.48213907715526"], True),
            (["*"], True),
            (["27831234568"], False),
            (["2784*", "NL.*"], False),
            (["ZA.1"], False),
        ],
    )
    def test_are_all_that_are_answered_once_there_are_any(
        self, tell: Any, graph: FakeGraph, allowed: list[str], answered: bool
    ) -> None:
        Channel.objects.update(allowed_senders=allowed)
        tell(text("Hello") | {"from_user_id": "ZA.48213907715526"})
        assert (graph.texts, theirs().status) == (["Hello"], "answered") if answered else ([], "ignored")

    def test_somebody_without_a_number_is_not_among_numbers(self, tell: Any, graph: FakeGraph) -> None:
        Channel.objects.update(allowed_senders=["+27*"])
        tell(nameless(user_id="ZA.1"))
        assert (graph.texts, theirs().status) == ([], "ignored")

    def test_a_brazilian_number_is_allowed_in_both_its_forms(self, tell: Any, graph: FakeGraph) -> None:
        Channel.objects.update(allowed_senders=["+5541999998888"])
        tell(text("Oi", sender="554199998888"))
        assert graph.texts == ["Oi"]


class TestStop:
    @pytest.mark.parametrize("words", ["STOP", " stop. ", "Unsubscribe!", "стоп", "停止"])
    def test_no_program_writes_to_them_any_more(
        self, tell: Any, api: APIClient, channel: Channel, graph: FakeGraph, work: Work, words: str
    ) -> None:
        tell(text(words))
        graph.asked.clear()
        answer = api.post(URL, {"channel": str(channel.pk), "to": PERSON, "text": "News"})
        work()
        assert answer.status_code == 202
        assert graph.asked == []
        assert (ours()[-1].status, ours()[-1].error["title"]) == ("failed", "This person wants no messages")  # type: ignore[index]

    def test_what_they_ask_is_still_answered(self, tell: Any, graph: FakeGraph) -> None:
        tell(text("STOP", "a"), text("Where are you?", "b"))
        assert graph.texts == ["STOP", "Where are you?"]

    def test_start_lets_them_hear_again(
        self, tell: Any, api: APIClient, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        tell(text("stop", "a"), text("START", "b"))
        api.post(URL, {"channel": str(channel.pk), "to": PERSON, "text": "News"})
        work()
        assert graph.texts[-1] == "News"

    def test_the_later_word_counts_whichever_comes_first(self, tell: Any) -> None:
        now = clock.now().timestamp()
        tell(text("start", "b", at=now - 10), text("stop", "a", at=now - 20))
        assert Participant.objects.get().wants_messages

    def test_a_button_of_a_template_says_it_too(self, tell: Any) -> None:
        tell(item("button", {"payload": "x", "text": "Stop"}))
        assert not Participant.objects.get().wants_messages

    def test_what_waits_to_be_sent_when_it_is_said_is_not(
        self, tell: Any, api: APIClient, channel: Channel, post: Post, work: Work, graph: FakeGraph
    ) -> None:
        tell(text("Hello", "a"))
        api.post(URL, {"channel": str(channel.pk), "to": PERSON, "text": "News"})
        post(notification(change(text("stop", "b"))))
        work()
        assert "News" not in graph.texts

    @pytest.mark.parametrize("words", ["Do not stop", "stop it", "", "Baja California", "cancel"])
    def test_other_words_mean_something_else(self, words: str) -> None:
        assert wish(words) is None


class TestMarketing:
    def send(self, api: APIClient, channel: Channel, work: Work) -> None:
        api.post(URL, {"channel": str(channel.pk), "to": PERSON, "text": "News"})
        work()

    def test_that_was_stopped_is_not_sent_outside_the_window(
        self, post: Post, api: APIClient, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        post(preference("stop", clock.now().timestamp()))
        work()
        self.send(api, channel, work)
        assert graph.asked == []
        assert ours()[-1].error["title"] == "This person stopped marketing messages"  # type: ignore[index]

    def test_inside_the_window_they_are_written_to(
        self, tell: Any, post: Post, api: APIClient, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        tell(text("Hello"))
        post(preference("stop", clock.now().timestamp()))
        work()
        self.send(api, channel, work)
        assert graph.texts == ["Hello", "News"]

    def test_an_answer_is_no_marketing(self, tell: Any, post: Post, graph: FakeGraph, work: Work) -> None:
        post(preference("stop", clock.now().timestamp()))
        work()
        tell(text("late", at=clock.now().timestamp() - 2 * DAY))
        assert graph.types == ["template"]

    def test_that_was_resumed_is_sent(
        self, post: Post, api: APIClient, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        now = clock.now().timestamp()
        post(preference("resume", now))
        post(preference("stop", now - 60))  # late: it was said before
        work()
        self.send(api, channel, work)
        assert graph.texts == ["News"]

    def test_somebody_may_be_named_by_their_user_id(self, post: Post, work: Work, channel: Channel) -> None:
        post(preference("stop", clock.now().timestamp(), user_id="ZA.1"))
        work()
        assert not Participant.objects.get(user_id="ZA.1").wants_marketing

    @pytest.mark.parametrize("value", ["signup", "", "stop "])
    def test_other_values_change_nothing(self, post: Post, work: Work, channel: Channel, value: str) -> None:
        post(preference(value, clock.now().timestamp()))
        work()
        assert not Participant.objects.filter(wants_marketing=False).exists()


class TestConsent:
    def test_is_asked_once_before_the_first_answer(self, tell: Any, graph: FakeGraph) -> None:
        Channel.objects.update(consent_message="We keep what you write. **OK?**")
        tell(text("one", "a"), text("two", "b"), text("other", "c", sender="27825550100"))
        assert graph.texts == [
            *("We keep what you write. *OK?*", "one", "two"),
            *("We keep what you write. *OK?*", "other"),
        ]

    def test_not_before_an_answer_that_says_nothing(self, tell: Any, graph: FakeGraph) -> None:
        Channel.objects.update(consent_message="OK?")
        tell(item("reaction", {"message_id": "wamid.x", "emoji": "👍"}, "a"), text("one", "b"))
        assert graph.texts == ["OK?", "one"]

    def test_is_a_message_of_its_own_that_fails_alone(
        self, tell: Any, post: Post, work: Work, graph: FakeGraph
    ) -> None:
        Channel.objects.update(consent_message="OK?")
        tell(text("one"))
        error = {"code": 131026, "title": "Undeliverable"}
        post(notification(change(statuses=[status("wamid.out.1", "failed", errors=[error])])))
        work()
        assert [message.status for message in ours()] == ["failed", "accepted"]


class TestReset:
    def test_begins_the_history_anew_and_says_so(self, tell: Any, graph: FakeGraph) -> None:
        tell(text("one", "a"), text("/reset", "b"), text("two", "c"))
        assert graph.texts == ["one", "We start anew.", "two"]
        conversation, reset = Conversation.objects.get(), Message.objects.get(wamid="b")
        assert conversation.history_from == reset.pk
        assert reset.status == "answered"

    def test_says_nothing_where_the_team_wants_it_so(self, tell: Any, graph: FakeGraph) -> None:
        Channel.objects.update(reset_message="")
        tell(text(" /RESET "))
        assert (graph.texts, theirs().status) == ([], "answered")

    def test_splits_what_was_gathered(self, post: Post, work: Work, channel: Channel, graph: FakeGraph) -> None:
        Channel.objects.update(debounce=1)
        messages = [text("one", "a"), text("/reset", "b"), text("two", "c"), text("three", "d")]
        post(notification(change(*messages)))
        work()
        Conversation.objects.update(due_at=clock.now())
        Message.objects.update(created_at=clock.now() - timedelta(seconds=9))
        work()
        assert graph.texts == ["one", "We start anew.", "two", "three"]
        turns = dict(Message.objects.filter(direction="inbound").values_list("wamid", "turn_id"))
        assert turns["c"] == turns["d"] != turns["a"]
