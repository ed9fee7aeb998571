"""Release: messages that were held for want of access go out when that is mended, in order."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from channels_app import blocking, mailboxes
from channels_app.errors import GatewayError
from channels_app.gateways import gateway_for
from channels_app.models import Channel, Direction, Message, Provider, Status

AT_ONCE = 1000


def release_held() -> int:
    """Send what is held on providers and channels that are not blocked any more; gives how many messages."""
    ready = Message.objects.filter(
        status=Status.HELD,
        direction=Direction.OUTBOUND,
        channel__blocked_at=None,
        channel__provider__blocked_at=None,
    )
    return release(ready.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def release(ids: Iterable[UUID]) -> int:
    """Have these held messages sent."""
    rows = Message.objects.filter(pk__in=list(ids), status=Status.HELD, direction=Direction.OUTBOUND)
    conversations = {pk for pk in rows.values_list("conversation", flat=True) if pk}
    count = rows.update(status=Status.PENDING, retry_at=None)
    mailboxes.ring(conversations)
    return count


def probe_blocked() -> int:
    """Ask Meta about each blocked provider and number, and unblock those that answer; gives how many."""
    mended = 0
    for provider in Provider.objects.exclude(blocked_at=None).filter(deleted_at=None):
        if _answers(provider):
            blocking.unblock(provider)
            mended += 1
    for channel in Channel.objects.exclude(blocked_at=None).filter(deleted_at=None).select_related("provider"):
        if channel.provider.blocked_at is None and _answers(channel.provider):
            blocking.unblock_channel(channel)
            mended += 1
    return mended


def _answers(provider: Provider) -> bool:
    try:
        gateway_for(provider).probe()
    except GatewayError:
        return False
    return True
