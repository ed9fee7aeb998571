"""Promising: a reply becomes a delivery with its messages, all in the transaction of whoever asked for it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from uuid import UUID

from channels_app import clock
from channels_app.bots.contract import Reply
from channels_app.models import Channel, Conversation, Delivery, Direction, Message, Source, Status, timekeeping
from channels_app.models.together import Write, inserting, updating, write
from channels_app.outbound import cutting


@dataclass(slots=True)
class Plan:
    """The rows of a promise: deliveries, and their messages in order."""

    deliveries: list[Delivery] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def writes(self) -> list[Write]:
        return [*inserting(self.deliveries), *inserting(self.messages)]


def promise(
    conversation: Conversation,
    channel: Channel,
    replies: Sequence[Reply],
    *,
    source: Source,
    turn_id: UUID | None = None,
    quoted: str = "",
) -> list[Message]:
    """Promise to bring `replies`, one delivery each; gives their messages in order. A blank reply promises nothing.

    Whoever calls this rings the conversation, in the same transaction. `quoted` is the wamid that a reply with `quote`
    quotes.
    """
    timekeeping.keep()
    made = plan(conversation, channel, replies, source=source, turn_id=turn_id, quoted=quoted)
    if made.messages:
        spoke = updating(Conversation.objects.filter(pk=conversation.pk), last_message_at=clock.now())
        write([spoke, *made.writes()])
    return made.messages


def plan(
    conversation: Conversation,
    channel: Channel,
    replies: Sequence[Reply],
    *,
    source: Source,
    turn_id: UUID | None = None,
    quoted: str = "",
) -> Plan:
    """The rows that promise `replies`, one message each; not written yet. The rung that holds a message cuts it."""
    now, made = clock.now(), Plan()
    for reply in replies:
        text = _storable(reply.text).strip()
        if cutting.is_blank(text):
            continue
        delivery = Delivery(
            team_id=conversation.team_id,
            conversation=conversation,
            source=source,
            reply=_as_json(reply),
            turn_id=turn_id,
            created_at=now,
            expires_at=now + timedelta(seconds=channel.reply_expires_after),
        )
        made.deliveries.append(delivery)
        message = _message(conversation, channel, delivery, text, reply)
        message.quoted = quoted if reply.quote else ""
        made.messages.append(message)
    return made


def _message(conversation: Conversation, channel: Channel, delivery: Delivery, text: str, reply: Reply) -> Message:
    return Message(
        team_id=conversation.team_id,
        channel=channel,
        conversation=conversation,
        delivery=delivery,
        direction=Direction.OUTBOUND,
        type="text",
        text=text,
        content={"spoken": True} if reply.voice else {},
        status=Status.PENDING,
        created_at=delivery.created_at,
    )


def _as_json(reply: Reply) -> dict[str, object]:
    return {name: value for name, value in asdict(reply).items() if value}


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
