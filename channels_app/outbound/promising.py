"""Promising: a reply becomes a delivery with its messages, all in the transaction of whoever asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from channels_app import clock, voices
from channels_app.bots import replies as written
from channels_app.bots.contract import Reply
from channels_app.models import Channel, Conversation, Delivery, Direction, Message, Source, Status, timekeeping
from channels_app.models.together import Write, changing, inserting, write
from channels_app.outbound import shaping
from channels_app.outbound.shaping import Shape


@dataclass(slots=True)
class Plan:
    """The rows of a promise: deliveries, and their messages in order."""

    deliveries: list[Delivery] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def question_id(self) -> UUID | None:
        """The last of the messages that offer choices: what the person writes next may be an answer to it."""
        asking = [message.pk for message in self.messages if "choices" in message.content]
        return asking[-1] if asking else None

    def before(self, other: "Plan") -> "Plan":
        """This one, and `other` behind it."""
        return Plan([*self.deliveries, *other.deliveries], [*self.messages, *other.messages])

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
    quotes, and one with a reaction reacts to.
    """
    timekeeping.keep()
    made = plan(conversation, channel, replies, source=source, turn_id=turn_id, quoted=quoted)
    if made.messages:
        spoke = changing(
            Conversation, {"pk": conversation.pk}, last_message_at=clock.now(), question_id=made.question_id
        )
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
    """The rows that promise `replies`, each with the messages it takes; not written yet.

    The rung that holds a message cuts it.
    """
    now, made = clock.now(), Plan()
    speaks = any(reply.voice for reply in replies) and voices.speaking(channel) is not None
    for reply in replies:
        shapes = shaping.shapes(reply if speaks else replace(reply, voice=False), quoted)
        if not shapes:
            continue
        delivery = Delivery(
            team_id=conversation.team_id,
            conversation=conversation,
            source=source,
            reply=shaping.storable(written.as_json(reply)),
            turn_id=turn_id,
            created_at=now,
            expires_at=now + timedelta(seconds=channel.reply_expires_after),
        )
        made.deliveries.append(delivery)
        messages = [_message(conversation, channel, delivery, shape) for shape in shapes]
        if reply.quote:
            next(
                message for message in messages if message.type != "reaction" or message is messages[-1]
            ).quoted = quoted
        made.messages += messages
    return made


def _message(conversation: Conversation, channel: Channel, delivery: Delivery, shape: Shape) -> Message:
    return Message(
        team_id=conversation.team_id,
        channel=channel,
        conversation=conversation,
        delivery=delivery,
        direction=Direction.OUTBOUND,
        type=shape.type,
        text=shape.text,
        content=dict(shape.content),
        status=Status.PENDING,
        created_at=delivery.created_at,
    )
