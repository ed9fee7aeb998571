"""What a person does with their phone becomes a bubble, and our webhook is told of it: the one way all of it goes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from channels_app import clock
from channels_app.simulator import notifying, people, rates
from channels_app.simulator.graph.sending import new_wamid
from channels_app.simulator.models import Author, SimulatedBlock, SimulatedChat, SimulatedMessage
from channels_app.simulator.postman import postman

Json = Mapping[str, Any]


class NotSent(Exception):
    """The phone cannot send this; says why, to the person."""


def tell(
    chat: SimulatedChat, kind: str, content: object, text: str = "", quoted: SimulatedMessage | None = None
) -> SimulatedMessage:
    """The person sends a message of Meta's type `kind`, which opens the window, unless the number has blocked them.

    `content` is what stands under that key in the notification, `text` what is seen of it on the phone.
    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
    """
    with transaction.atomic():
        people.hold(chat)
        written_at = clock.now() - chat.lag
        is_heard = not SimulatedBlock.objects.filter(number=chat.number, person=chat.person).exists()
        if is_heard:
            rates.count_arrival(chat.number)
            _open_window(chat, written_at)
        message = SimulatedMessage.objects.create(
            chat=chat,
            number=chat.number,
            author=Author.PERSON,
            wamid=new_wamid(),
            type=kind,
            text=text,
            content={kind: content} | ({"context": _context(quoted)} if quoted else {}),
            quoted=quoted.wamid if quoted else "",
        )
        if is_heard:
            notifying.tell_of_message(message, written_at)
    postman.ring()
    return message


def message_of(chat: SimulatedChat, key: str) -> SimulatedMessage | None:
    """The message with the primary key `key`, if somebody wrote it in `chat`."""
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    written = SimulatedMessage.objects.filter(chat=chat, pk=int(key)).exclude(author=Author.CLOCK)
    return written.select_related("chat__person", "number__account").first()


def words(typed: str, longest: int) -> str:
    """What was typed into a field, as it may be kept and sent."""
    return typed.replace("\0", "").replace("\r\n", "\n").strip()[:longest]


def _open_window(chat: SimulatedChat, written_at: datetime) -> None:
    """Forward only: what comes late was written before what has come already."""
    if chat.wrote_at is None or chat.wrote_at < written_at:
        chat.wrote_at = written_at
        SimulatedChat.objects.filter(pk=chat.pk).update(wrote_at=written_at)


def _context(quoted: SimulatedMessage) -> Json:
    """Which message is meant, and who wrote it, unless that is somebody whose number is hidden."""
    context = {"id": quoted.wamid}
    if quoted.author == Author.NUMBER:
        return {"from": quoted.number.digits, **context}
    person = quoted.chat.person
    return context if person.hidden_number else {"from": person.digits, **context}
