"""Release: messages that were held for the bot go on when the cause is gone, in order."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from channels_app import clock, mailboxes
from channels_app.models import Bot, Direction, EventState, Message, Status

AT_ONCE = 1000
BOT_MAY_ANSWER = Q(
    channel__is_active=True,
    channel__bot__is_active=True,
    conversation__waiting_since=None,
    conversation__paused_until=None,
)


def held_for_the_bot() -> QuerySet[Message]:
    return Message.objects.filter(status=Status.HELD, direction=Direction.INBOUND)


def release_held() -> int:
    """Let the bot be asked what was held while its channel or itself was switched off; gives how many messages."""
    ready = held_for_the_bot().filter(BOT_MAY_ANSWER, error__isnull=True).exclude(conversation=None)
    return release(ready.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def release_put_off() -> int:
    """Have the bot asked once more what it failed at some time ago; gives how many messages."""
    due = held_for_the_bot().filter(BOT_MAY_ANSWER, retry_at__lte=clock.now())
    waiting = dict(due.order_by("retry_at").values_list("pk", "conversation")[:AT_ONCE])
    conversations = mailboxes.hold(waiting.values())
    count = held_for_the_bot().filter(pk__in=waiting).update(status=Status.RECEIVED, retry_at=None)
    mailboxes.ring(conversations)
    return count


def release_set_aside(bot: Bot) -> int:
    """Have `bot` asked what it could not answer before it was changed; gives how many messages."""
    failed = held_for_the_bot().filter(channel__bot=bot, error__isnull=False, event__state=EventState.DONE)
    return release(failed.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def release(ids: Iterable[UUID]) -> int:
    """Have the bot asked these held messages, the ones that were set aside included."""
    rows = held_for_the_bot().filter(pk__in=list(ids)).exclude(conversation=None)
    conversations = {pk for pk in rows.values_list("conversation", flat=True) if pk}
    count = rows.update(status=Status.RECEIVED, error=None, tries=0, retry_at=None)
    mailboxes.ring(conversations)
    return count
