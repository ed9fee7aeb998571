"""Read receipts, and typing that is shown with them.

https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators
"""

from datetime import timedelta

from django.db import transaction

from channels_app import clock
from channels_app.graph import wire
from channels_app.simulator import people
from channels_app.simulator.graph import refusals, refusals_of_messages
from channels_app.simulator.graph.contents.said import Json, objects, only
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage, SimulatedNumber

TYPING_FOR = timedelta(seconds=25)
READABLE_FOR = timedelta(days=30)


def mark_read(number: SimulatedNumber, body: Json) -> Json:
    """The message that is named and those before it; the person sees us typing if we wish it. Raises `Refusal`."""
    only(body, ("messaging_product", "status", "message_id", "typing_indicator", "to", "recipient_type"), "root")
    if body.get("status") != "read":
        raise refusals.wrong("status", "one of {READ} - got another value.")
    wamid = wire.text(body.get("message_id"))
    if not wamid:
        raise refusals_of_messages.missing_parameter("message_id")
    wants_typing = _wants_typing(body)
    theirs = SimulatedMessage.objects.filter(number=number, author=Author.PERSON).select_related("chat")
    read = theirs.filter(wamid=wamid, created_at__gt=clock.now() - READABLE_FOR).first()
    if read is None:
        raise refusals_of_messages.bad_value("message_id names no message that was lately sent to this number")
    unread = SimulatedMessage.objects.filter(chat=read.chat_id, author=Author.PERSON, read_at=None, pk__lte=read.pk)
    unread.update(read_at=clock.now())
    if wants_typing:
        _show_typing(read)
    return {"success": True}


def _wants_typing(body: Json) -> bool:
    if "typing_indicator" not in body:
        return False
    indicator = objects(body["typing_indicator"], "typing_indicator")
    only(indicator, ("type",), "typing_indicator")
    if indicator.get("type") != "text":
        raise refusals.wrong("typing_indicator['type']", "one of {TEXT}.")
    return True


@transaction.atomic
def _show_typing(read: SimulatedMessage) -> None:
    """Unless the answer has come already: calls overtake each other."""
    people.hold(read.chat)
    if not SimulatedMessage.objects.filter(chat=read.chat_id, author=Author.NUMBER, pk__gt=read.pk).exists():
        SimulatedChat.objects.filter(pk=read.chat_id).update(typing_until=clock.now() + TYPING_FOR)
