"""Who is who: two ids that are one person, a person who got another id, and numbers that pass to somebody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from channels_app import clock, identity, working
from channels_app.claiming import claim
from channels_app.messages import Address
from channels_app.models import Channel, Conversation, Message, Participant, Provider, Status, Team
from channels_app.models import known as known_channels
from channels_app.opening import opened
from tests.fixtures import (
    NUMBER,
    PERSON,
    FakeGraph,
    Post,
    Work,
    change,
    make_channel,
    make_provider,
    nameless,
    notification,
    text,
)

USER = "ZA.48213907715526"
OTHER_USER = "ZA.77310428890145"
OTHER_NUMBER = "27829998888"


def known(body: str, wamid: str, *, wa_id: str = PERSON, user_id: str = USER) -> Any:
    """A text from somebody who shows both ids."""
    return text(body, wamid, sender=wa_id) | {"from_user_id": user_id}


def note(kind: str, wamid: str = "wamid.note", **system: str) -> Any:
    sender = {"from": system.pop("sender")} if "sender" in system else {}
    stamp = str(int(clock.now().timestamp()))
    return {**sender, "id": wamid, "timestamp": stamp, "type": "system", "system": {"type": kind, **system}}


def people() -> set[tuple[str | None, str | None]]:
    return set(Participant.objects.values_list("wa_id", "user_id"))


def transcript(conversation: Conversation) -> list[str]:
    rows = Message.objects.filter(conversation=conversation).order_by("id")
    return list(rows.values_list("text", flat=True))


@pytest.fixture
def tell(post: Post, work: Work, channel: Channel, graph: FakeGraph) -> Any:
    def tell_now(*messages: Any) -> None:
        for message in messages:
            post(notification(change(message)))
            work()

    return tell_now


class TestTwoIdsThatAreOne:
    def test_are_merged_with_their_conversations(self, tell: Any, graph: FakeGraph) -> None:
        tell(text("by number", "a"), nameless("by user id", "b", user_id=USER))
        assert Conversation.objects.count() == 2
        tell(known("by both", "c"))
        assert people() == {(PERSON, USER)}
        said = ["by number", "by number", "by user id", "by user id", "by both", "by both"]
        assert transcript(Conversation.objects.get()) == said
        assert graph.texts[-1] == "by both"

    def test_the_second_id_is_learned_where_it_is_nobody_elses(self, tell: Any) -> None:
        tell(nameless("one", "a", user_id=USER), known("two", "b"), text("three", "c"))
        assert people() == {(PERSON, USER)}
        assert Conversation.objects.count() == 1

    def test_what_waits_in_both_is_answered_in_the_one(self, tell: Any, graph: FakeGraph, channel: Channel) -> None:
        Channel.objects.update(is_active=False)
        tell(text("first", "a"), nameless("second", "b", user_id=USER), known("third", "c"))
        Channel.objects.update(is_active=True)
        Message.objects.filter(status=Status.HELD).update(status=Status.RECEIVED)
        Conversation.objects.update(due_at=clock.now())
        tell(known("fourth", "d"))
        assert graph.texts == ["first", "second", "third", "fourth"]

    def test_on_all_channels_of_the_portfolio(self, tell: Any, channel: Channel, post: Post, work: Work) -> None:
        other = make_channel(channel.provider, "118930421779999", phone_number="+27600559999", bot=channel.bot)
        post(notification(change(nameless("elsewhere", "a", user_id=USER), number=other.phone_number_id)))
        work()
        tell(text("here", "b"), known("both", "c"))
        assert people() == {(PERSON, USER)}
        assert set(Conversation.objects.values_list("channel", flat=True)) == {channel.pk, other.pk}

    def test_a_number_that_was_asked_for_belongs_to_who_gave_it(self, tell: Any) -> None:
        card = {"phones": [{"phone": "+27 83 123 4567", "wa_id": PERSON}], "origin": "contact_request"}
        shared = {**nameless(wamid="b", user_id=USER), "type": "contacts", "contacts": [card]}
        del shared["text"]
        tell(nameless("one", "a", user_id=USER), shared)
        assert people() == {(PERSON, USER)}

    def test_a_card_of_somebody_else_makes_nobody_one(self, tell: Any) -> None:
        card = {"phones": [{"phone": "+27 83 123 4567", "wa_id": PERSON}], "origin": "other"}
        shared = {**nameless(wamid="b", user_id=USER), "type": "contacts", "contacts": [card]}
        del shared["text"]
        tell(shared)
        assert people() == {(None, USER)}

    def test_a_number_that_meta_knows_by_another_form_is_the_same_person(
        self, tell: Any, api: APIClient, channel: Channel, graph: FakeGraph, work: Work
    ) -> None:
        tell(text("Hola", "a", sender="5215550001234"))
        conversation = Conversation.objects.get()
        Participant.objects.update(wa_id="99999999999")  # nobody's other form
        graph.answers = [(200, graph.accept({"to": "+99999999999"}, "wamid.x"))]
        api.post("/api/v1/messages/", {"channel": str(channel.pk), "to": "+1 555 078 3881", "text": "News"})
        work()
        assert people() == {("99999999999", None)}
        assert Conversation.objects.count() == 1
        assert conversation.channel_id == channel.pk


class TestPassedOn:
    def test_a_number_with_another_user_id_is_somebody_else(self, tell: Any) -> None:
        tell(known("mine", "a"), known("hers by now", "b", user_id=OTHER_USER))
        assert people() == {(None, USER), (PERSON, OTHER_USER)}
        old, new = Conversation.objects.order_by("created_at")
        assert (transcript(old)[0], transcript(new)[0]) == ("mine", "hers by now")

    def test_both_in_one_notification_are_two_people(self, tell: Any, post: Post, work: Work, channel: Channel) -> None:
        post(notification(change(known("mine", "a"), known("hers", "b", user_id=OTHER_USER))))
        work()
        assert set(Participant.objects.values_list("user_id", flat=True)) == {USER, OTHER_USER}
        assert {tuple(transcript(each)) for each in Conversation.objects.all()} == {("mine", "mine"), ("hers", "hers")}

    def test_a_user_id_that_comes_with_another_number_is_the_same_person(self, tell: Any) -> None:
        tell(known("one", "a"), known("two", "b", wa_id=OTHER_NUMBER))
        assert people() == {(OTHER_NUMBER, USER)}
        assert Conversation.objects.count() == 1


class TestMoves:
    @pytest.mark.parametrize("system", [{"wa_id": OTHER_NUMBER}, {"new_wa_id": OTHER_NUMBER}])
    def test_a_new_number_takes_the_conversation_along(self, tell: Any, system: Any, graph: FakeGraph) -> None:
        tell(
            text("one", "a"),
            note("user_changed_number", sender=PERSON, **system),
            text("two", "b", sender=OTHER_NUMBER),
        )
        assert people() == {(OTHER_NUMBER, None)}
        conversation = Conversation.objects.get()
        assert transcript(conversation) == ["one", "one", "WhatsApp says: user_changed_number", "two", "two"]
        assert graph.asked[-1]["to"] == f"+{OTHER_NUMBER}"

    def test_a_new_user_id_too(self, tell: Any) -> None:
        tell(
            nameless("one", "a", user_id=USER),
            note("user_changed_user_id", user_id=OTHER_USER, previous_user_id=USER),
            nameless("two", "b", user_id=OTHER_USER),
        )
        assert people() == {(None, OTHER_USER)}
        assert Conversation.objects.count() == 1

    def test_who_has_written_from_the_new_number_already_is_the_same(self, tell: Any) -> None:
        tell(
            text("one", "a"),
            text("two", "b", sender=OTHER_NUMBER),
            note("user_changed_number", sender=PERSON, wa_id=OTHER_NUMBER),
        )
        assert people() == {(OTHER_NUMBER, None)}
        assert Conversation.objects.count() == 1

    def test_who_had_the_number_long_before_is_not(self, tell: Any) -> None:
        tell(text("a stranger", "s", sender=OTHER_NUMBER))
        Participant.objects.update(created_at=clock.now() - timedelta(days=400))
        tell(
            text("one", "a"),
            note("user_changed_number", sender=PERSON, wa_id=OTHER_NUMBER),
            text("two", "b", sender=OTHER_NUMBER),
        )
        stranger, mover = Participant.objects.order_by("created_at")
        assert mover.wa_id == OTHER_NUMBER
        assert not stranger.address
        assert transcript(mover.conversations.get())[0] == "one"
        assert transcript(stranger.conversations.get())[0] == "a stranger"

    def test_a_note_about_nobody_we_know_changes_nothing(self, tell: Any) -> None:
        tell(note("user_changed_number", sender=PERSON, wa_id=OTHER_NUMBER))
        assert people() == {(OTHER_NUMBER, None)}

    def test_a_note_opens_no_window(self, tell: Any) -> None:
        tell(note("user_changed_number", sender=PERSON, wa_id=OTHER_NUMBER))
        assert Conversation.objects.get().service_window_expires_at is None


class TestLease:
    @pytest.mark.django_db(transaction=True)
    def test_whoever_works_on_what_was_merged_away_leaves_it(
        self, tell: Any, channel: Channel, graph: FakeGraph
    ) -> None:
        tell(text("one", "a"))
        Channel.objects.update(is_active=False)
        tell(nameless("two", "b", user_id=USER))
        Message.objects.filter(status=Status.HELD).update(status=Status.RECEIVED)
        Conversation.objects.update(due_at=clock.now())
        Channel.objects.update(is_active=True)
        known_channels.channels.forget()
        queues = opened(claim(2).mailboxes)
        assert len(queues) == 2
        kept, other = Participant.objects.order_by("created_at")
        with transaction.atomic():
            identity.merge(kept, other, Address(wa_id=PERSON, user_id=USER))
        for queue in queues:
            working.drain(queue)
        tell(known("three", "c"))
        assert graph.texts == ["one", "two", "three"]


class TestPortfolio:
    def test_people_of_an_account_become_those_of_its_portfolio(
        self, tell: Any, team: Team, channel: Channel, post: Post, work: Work
    ) -> None:
        second = make_provider(team, "104216845990000")
        other = make_channel(second, "118930421779999", phone_number="+27600559999", bot=channel.bot)
        tell(known("here", "a"))
        there = change(known("there", "b"), number=other.phone_number_id)
        post(notification(there, waba=second.waba_id))
        work()
        assert Participant.objects.count() == 2
        for provider in Provider.objects.all():
            identity.adopt_portfolio(provider, "506914301122334")
        assert people() == {(PERSON, USER)}
        assert Participant.objects.get().portfolio == "506914301122334"
        tell(known("again", "c"))
        assert Conversation.objects.count() == 2
        assert channel.phone_number_id == NUMBER

    def test_of_another_team_nothing_changes(self, tell: Any, other_team: Team, channel: Channel) -> None:
        tell(known("here", "a"))
        stranger = Participant.objects.create(team=other_team, portfolio="506914301122334", wa_id=PERSON)
        identity.adopt_portfolio(channel.provider, "506914301122334")
        stranger.refresh_from_db()
        assert (stranger.wa_id, stranger.user_id) == (PERSON, None)
        assert Participant.objects.count() == 2
