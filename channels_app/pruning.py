"""Pruning: what is kept for a while only, and how long."""

from datetime import timedelta

from channels_app import clock
from channels_app.models import EventState, IdempotencyKey, InboundEvent
from channels_app.outbound.once import KEYS_FOR

EVENTS_FOR = timedelta(days=30)
AT_ONCE = 5000


def prune() -> int:
    """Delete events that are worked off and old, and idempotency keys past their day; gives how many rows went."""
    now = clock.now()
    IdempotencyKey.objects.filter(created_at__lt=now - KEYS_FOR).delete()
    settled = [EventState.DONE, EventState.KEPT, EventState.UNMATCHED, EventState.UNROUTED, EventState.UNPARSED]
    old = InboundEvent.objects.filter(state__in=settled, received_at__lt=now - EVENTS_FOR).order_by("id")
    gone = 0
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        InboundEvent.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone
