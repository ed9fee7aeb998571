"""Again: what failed is promised anew, once, where a member of the team wishes so; or put away, where nobody does."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from channels_app import clock, mailboxes
from channels_app.models import ENDED, Channel, Conversation, Delivery, Direction, Message, Status
from channels_app.models.together import inserting, updating, write

SENT_AGAIN = "sent_again"
"""In the content of a message that failed: the id of the one that was made in its place."""

PUT_AWAY = "put_away"
"""In the content of a message that failed, and that nobody wants to hear of any more: when that was said."""


@transaction.atomic
def send_again(message: Message, channel: Channel, user_id: Any) -> list[Message]:
    """Promise anew what failed of the delivery of `message`, from there on; none where that was done before.

    It speaks for whoever spoke the first time: what a program wanted to say unasked is that still. Whoever calls this
    has the workers rung.
    """
    if message.conversation_id is None or message.delivery_id is None:
        return []
    mailboxes.ring([message.conversation_id])  # which holds the conversation: nobody else does the same beside us
    rows = Message.objects.filter(delivery=message.delivery_id, pk__gte=message.pk, status__in=ENDED)
    failed = [row for row in rows.order_by("pk") if SENT_AGAIN not in row.content]
    if not failed:
        return []
    delivery = _anew(Delivery.objects.get(pk=message.delivery_id), channel, user_id)
    made = [_copy(row, delivery) for row in failed]
    spoke = updating(Conversation.objects.filter(pk=message.conversation_id), last_message_at=clock.now())
    write([spoke, *inserting([delivery]), *inserting(made)])
    for row, anew in zip(failed, made, strict=True):
        Message.objects.filter(pk=row.pk).update(content={**row.content, SENT_AGAIN: str(anew.pk)})
    return made


@transaction.atomic
def put_away(message: Message) -> bool:
    """Have what failed of the delivery of `message` call for nobody any more. Whether anything still did."""
    if message.conversation_id is None or message.delivery_id is None:
        return False
    mailboxes.ring([message.conversation_id])  # as above
    rows = Message.objects.filter(delivery=message.delivery_id, status__in=ENDED)
    failed = [row for row in rows.order_by("pk") if not {SENT_AGAIN, PUT_AWAY} & row.content.keys()]
    for row in failed:
        Message.objects.filter(pk=row.pk).update(content={**row.content, PUT_AWAY: clock.now().isoformat()})
    return bool(failed)


def _anew(former: Delivery, channel: Channel, user_id: Any) -> Delivery:
    now = clock.now()
    return Delivery(
        team_id=former.team_id,
        conversation_id=former.conversation_id,
        source=former.source,
        author_id=user_id,
        reply=former.reply,
        created_at=now,
        expires_at=now + timedelta(seconds=channel.reply_expires_after),
    )


def _copy(row: Message, delivery: Delivery) -> Message:
    return Message(
        team_id=row.team_id,
        channel_id=row.channel_id,
        conversation_id=row.conversation_id,
        delivery=delivery,
        direction=Direction.OUTBOUND,
        type=row.type,
        text=row.text,
        content={name: said for name, said in row.content.items() if name != PUT_AWAY},
        attachments=row.attachments,
        quoted=row.quoted,
        status=Status.PENDING,
        created_at=delivery.created_at,
    )
