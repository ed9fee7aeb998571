"""Echoes: what somebody of the business wrote with the app on a phone is an answer of a person's, like any other.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes
"""

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from channels_app import conversations
from channels_app.conversations import Arrival
from channels_app.inbound import handover
from channels_app.messages import Echo, Edit, Reaction, Revocation
from channels_app.models import Channel, Conversation, Delivery, Direction, Message, Source, Status
from channels_app.words import describe, type_of


def keep(channel: Channel, echo: Echo) -> None:
    """Show it in the conversation it belongs to, where the bot pauses for as long as the channel has it.

    To be called in a transaction. What changes or takes back an earlier one, or reacts, is no answer.
    """
    said, origin = echo.said, echo.said.origin
    if not echo.to or origin.group_id or isinstance(said, Edit | Revocation | Reaction):
        return
    (conversation,) = conversations.find_or_make([Arrival(channel=channel, address=echo.to)])
    if Message.objects.filter(conversation=conversation, wamid=origin.external_id).exists():
        return
    delivery = Delivery.objects.create(
        team_id=conversation.team_id,
        conversation=conversation,
        source=Source.PERSON,
        reply={"text": describe(said)},
        expires_at=origin.sent_at,
    )
    Message.objects.create(
        team_id=conversation.team_id,
        channel=channel,
        conversation=conversation,
        delivery=delivery,
        direction=Direction.OUTBOUND,
        type=type_of(said)[:60],
        text=describe(said),
        sent_as="app",
        status=Status.SENT,
        wamid=origin.external_id[:255],
        quoted=(origin.quoted or "")[:255],
        sent_at=origin.sent_at,
    )
    Conversation.objects.filter(pk=conversation.pk).update(
        last_message_at=Greatest(Coalesce(F("last_message_at"), origin.sent_at), origin.sent_at), question_id=None
    )
    handover.pause(conversation.pk, channel)
