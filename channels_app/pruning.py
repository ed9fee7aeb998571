"""Pruning: what is kept for a while only, and how long."""

from datetime import timedelta

from channels_app import clock
from channels_app.media import retention
from channels_app.models import EventState, IdempotencyKey, InboundEvent

EVENTS_FOR = timedelta(days=30)
KEYS_FOR = timedelta(hours=24)
AT_ONCE = 5000


def prune() -> int:
    """Delete what is worked off and old, keys past their day, files past their time; gives how many events went."""
    now = clock.now()
    retention.prune()
    IdempotencyKey.objects.filter(created_at__lt=now - KEYS_FOR).delete()
    settled = [EventState.DONE, EventState.KEPT, EventState.UNMATCHED, EventState.UNROUTED, EventState.UNPARSED]
    old = InboundEvent.objects.filter(state__in=settled, received_at__lt=now - EVENTS_FOR).order_by("id")
    gone = 0
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        InboundEvent.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone
