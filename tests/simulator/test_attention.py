"""How far a message gets with its person: delivered, read once somebody looks, played; or not at all."""

from datetime import timedelta

import pytest
from django.test import Client

from channels_app import clock
from channels_app.models import Channel, Message, Status
from channels_app.simulator import faults
from channels_app.simulator.models import Author, Fault, SimulatedChat, SimulatedMessage
from channels_app.simulator.phone import acting, attending
from channels_app.simulator.phone.telling import NotSent
from channels_app.simulator.postman import postman
from channels_app.simulator.rehearsal import ageing, mishaps
from tests.simulator.test_notifying import Webhook, webhook
from tests.simulator.test_phone import HTMX, page_of
from tests.simulator.test_phone_messages import number_says
from tests.simulator.test_postman import statuses, taken
from tests.simulator.test_whole_way import Work, working

__all__ = ["webhook"]

pytestmark = pytest.mark.django_db(transaction=True)

VOICE_NOTE = {"audio": {"id": "7", "voice": True}}


@pytest.fixture
def unseen(chat: SimulatedChat) -> SimulatedChat:
    """A chat that nobody looks at."""
    SimulatedChat.objects.update(reads_at_once=False)
    chat.refresh_from_db()
    return chat


def delivered(chat: SimulatedChat) -> SimulatedMessage:
    """A message of the number's that has been on the phone for a moment."""
    message = taken(chat)
    assert postman.rest(60)
    SimulatedMessage.objects.update(delivered_at=clock.now() - timedelta(seconds=1))
    return message


class TestReading:
    def test_what_nobody_looks_at_is_not_read(self, webhook: Webhook, unseen: SimulatedChat) -> None:
        delivered(unseen)
        assert statuses(webhook) == ["sent", "delivered"]

    def test_it_is_read_when_somebody_looks_and_the_number_is_told_once(
        self, webhook: Webhook, unseen: SimulatedChat
    ) -> None:
        delivered(unseen)
        for _ in range(2):
            attending.read(unseen)
            assert postman.rest(60)
        assert statuses(webhook) == ["sent", "delivered", "read"]

    def test_what_is_not_there_yet_or_never_came_is_not_read(self, webhook: Webhook, unseen: SimulatedChat) -> None:
        number_says(unseen, "text", {"body": "Hi"}, failure=131026)
        SimulatedMessage.objects.update(read_at=None, delivered_at=None)
        coming = taken(unseen)
        SimulatedMessage.objects.filter(pk=coming.pk).update(delivered_at=clock.now() + timedelta(hours=1))
        attending.read(unseen)
        assert postman.rest(60)
        assert "read" not in statuses(webhook)

    def test_a_look_reaches_the_product_and_the_ticks(
        self, browser: Client, unseen: SimulatedChat, channel: Channel, work: Work
    ) -> None:
        browser.post(page_of(unseen, "write/"), {"text": "Hello"})
        assert working(work, lambda: Message.objects.filter(status=Status.DELIVERED).exists())
        assert 'data-ticks="delivered"' in browser.get(page_of(unseen)).content.decode()
        shown = browser.post(page_of(unseen, "read/"), headers=HTMX).content.decode()
        assert 'data-ticks="read"' in shown
        assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())


class TestListening:
    def test_a_voice_note_is_played_once(self, webhook: Webhook, unseen: SimulatedChat) -> None:
        note = taken(unseen, "audio", content=VOICE_NOTE)
        for _ in range(2):
            attending.listen(unseen, note)
        assert postman.rest(60)
        assert statuses(webhook) == ["sent", "delivered", "read", "played"]

    def test_only_voice_notes_of_the_number_are_listened_to(self, chat: SimulatedChat) -> None:
        for message in (
            number_says(chat, "audio", {"audio": {"id": "7"}}),
            number_says(chat, "text", {"body": "Hi"}),
            SimulatedMessage(chat=chat, author=Author.PERSON, type="audio", content=VOICE_NOTE),
        ):
            with pytest.raises(NotSent):
                attending.listen(chat, message)

    def test_its_ticks_say_so(self, browser: Client, chat: SimulatedChat) -> None:
        note = number_says(chat, "audio", VOICE_NOTE)
        shown = browser.post(page_of(chat, "listen/"), {"message": note.pk}, headers=HTMX).content.decode()
        assert 'data-ticks="played"' in shown


def test_of_a_reaction_it_is_told_that_it_was_sent(webhook: Webhook, chat: SimulatedChat) -> None:
    taken(chat, "reaction", content={"reaction": {"message_id": "wamid.x", "emoji": "👍"}})
    assert postman.rest(60)
    assert statuses(webhook) == ["sent"]


class TestFailure:
    def test_its_bubble_says_so(self, browser: Client, chat: SimulatedChat) -> None:
        number_says(chat, "text", {"body": "Hi"}, failure=131047)
        html = browser.get(page_of(chat)).content.decode()
        assert 'data-ticks="failed"' in html
        assert "Not on the phone." in html

    def test_one_that_is_reported_at_once_is_never_delivered(self, webhook: Webhook, chat: SimulatedChat) -> None:
        faults.switch_on(chat.number, Fault.WINDOW_REPORTED)
        message = taken(chat)
        attending.read(chat)
        assert postman.rest(60)
        message.refresh_from_db()
        assert (message.failure, message.delivered_at, message.read_at) == (131047, None, None)
        assert statuses(webhook) == ["failed"]

    @pytest.mark.parametrize("is_hidden", [True, False])
    def test_who_hides_their_number_hides_it_there_too(
        self, webhook: Webhook, chat: SimulatedChat, is_hidden: bool
    ) -> None:
        chat.person.hidden_number = is_hidden
        chat.person.save()
        mishaps.fail(taken(chat).wamid, 131026)
        postman.ring()
        assert postman.rest(60)
        (status,) = [each for value in webhook.values for each in value["statuses"] if each["status"] == "failed"]
        named = {"recipient_user_id": chat.person.user_id} if is_hidden else {"recipient_id": chat.person.digits}
        assert {name: value for name, value in status.items() if name.startswith("recipient")} == named
        assert (chat.person.digits.encode() in webhook.bodies[-1]) is not is_hidden


class TestWindow:
    def test_what_comes_late_does_not_move_it_back(self, webhook: Webhook, chat: SimulatedChat) -> None:
        acting.write(chat, "Just now")
        opened = SimulatedChat.objects.get().wrote_at
        with ageing.lagging(chat, timedelta(hours=30)):
            acting.write(chat, "Yesterday")
        assert SimulatedChat.objects.get().wrote_at == opened
        assert postman.rest(60)
        told = [int(value["messages"][0]["timestamp"]) for value in webhook.values]
        assert told[0] - told[1] >= 30 * 3600 - 1

    def test_what_comes_late_to_a_closed_one_opens_it_for_as_long_as_is_left(
        self, webhook: Webhook, chat: SimulatedChat
    ) -> None:
        with ageing.lagging(chat, timedelta(hours=23)):
            acting.write(chat, "This morning")
        chat.refresh_from_db()
        assert chat.window_is_open()
        assert chat.wrote_at is not None
        assert clock.now() - chat.wrote_at >= timedelta(hours=23)
