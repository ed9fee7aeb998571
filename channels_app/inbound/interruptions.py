"""Interruptions: the person wrote again while the bot was thinking, and the channel would rather start over."""

from collections.abc import Sequence
from datetime import timedelta

from channels_app import clock, mailboxes
from channels_app.inbound import unasked
from channels_app.models import Direction, Interruption, Message, Status
from channels_app.models.together import changing
from channels_app.outbound.queue import Queue

PATIENCE = timedelta(seconds=120)
"""After which a turn is answered, even if the person goes on writing."""


def start_over(queue: Queue, turn: Sequence[Message]) -> bool:
    """Whether the answer to `turn` is not to be said: what came since is put to it, and all of it asked as a new turn.

    The new turn has an id of its own, for it is not the one that was asked before.
    """
    conversation = queue.conversation
    if conversation.channel.when_interrupted != Interruption.START_OVER:
        return False
    if clock.now() - turn[0].created_at > PATIENCE:
        return False
    received = Message.objects.filter(
        conversation=conversation, direction=Direction.INBOUND, status=Status.RECEIVED
    ).exclude(pk__in=[message.pk for message in turn])
    waiting = list(received.order_by("id"))
    newer = unasked.up_to_reset(waiting)
    if not newer:
        return False
    together = [*turn, *newer]
    turn_id = newer[0].pk
    mailboxes.record(queue.mailbox, [changing(Message, {"pk": [message.pk for message in together]}, turn_id=turn_id)])
    for message in together:
        message.turn_id = turn_id
    queue.theirs = [*turn, *waiting]
    return True
