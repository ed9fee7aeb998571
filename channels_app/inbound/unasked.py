"""Unasked: what people write that is no question to a bot."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import takewhile

from channels_app import clock
from channels_app.bots.contract import Engine
from channels_app.models import Conversation, Direction, Message, Status

RESET = "/reset"
SAID_ONCE_A = timedelta(hours=24)


def is_reset(message: Message) -> bool:
    return message.type == "text" and message.text.strip().casefold() == RESET


def up_to_reset(messages: Iterable[Message]) -> list[Message]:
    """Those before the first that asks for a new beginning."""
    return list(takewhile(lambda message: not is_reset(message), messages))


def is_unheard(turn: Sequence[Message], engine: Engine) -> bool:
    """Whether all of `turn` are voice notes that nobody transcribed, for a bot that can only read."""
    if getattr(engine, "takes_audio", True):
        return False
    return all(message.content.get("type") == "voice" and not message.transcript for message in turn)


def was_told(conversation: Conversation, turn: Sequence[Message]) -> bool:
    """Whether all of `turn` is of a kind that WhatsApp hands over to nobody, and the person knows that already."""
    if any(message.type != "unsupported" for message in turn):
        return False
    before = Message.objects.filter(
        conversation=conversation,
        direction=Direction.INBOUND,
        pk__lt=turn[0].pk,
        created_at__gt=clock.now() - SAID_ONCE_A,
    )
    last = before.exclude(status=Status.IGNORED).order_by("-id").first()
    return last is not None and last.type == "unsupported" and last.status == Status.ANSWERED
