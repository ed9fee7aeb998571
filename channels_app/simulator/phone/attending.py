"""What a person does with what came, and says nothing: they have it before their eyes, or listen to it."""

from django.db import transaction

from channels_app import clock
from channels_app.simulator import notifying, people
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage
from channels_app.simulator.phone import contents, reactions
from channels_app.simulator.phone.telling import NotSent
from channels_app.simulator.postman import postman

AT_ONCE = 200


def read(chat: SimulatedChat) -> None:
    """All that is on the phone now has been seen, and the number is told so."""
    now = clock.now()
    with transaction.atomic():
        people.hold(chat)
        there = SimulatedMessage.objects.filter(chat=chat, author=Author.NUMBER, failure=None, delivered_at__lte=now)
        unread = there.filter(read_at=None).exclude(type=reactions.REACTION).select_related("number__account")
        for message in unread[:AT_ONCE]:
            message.chat = chat
            notifying.tell_of_reading(message, now)
    postman.ring()


def listen(chat: SimulatedChat, message: SimulatedMessage) -> None:
    """Listen to a voice note of the number's, which is told so the first time. Raises `NotSent`."""
    file = contents.file_of(message)
    if message.author != Author.NUMBER or file is None or not file.voice:
        raise NotSent("That is no voice note of the number's.")
    with transaction.atomic():
        people.hold(chat)
        message.refresh_from_db(fields=["delivered_at", "read_at", "played_at"])
        if message.played_at is None:
            moment = max(clock.now(), message.delivered_at or clock.now())
            if message.read_at is None:
                notifying.tell_of_reading(message, moment)
            notifying.tell_of_playing(message, moment)
    postman.ring()
