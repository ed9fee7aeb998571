"""Pruning: what is kept for a while only, and how long."""

from datetime import timedelta
from typing import Any

from django.db.models import Model, QuerySet

from channels_app import clock
from channels_app.media import retention
from channels_app.models import (
    Attempt,
    Bot,
    Channel,
    Conversation,
    Delivery,
    EventState,
    IdempotencyKey,
    InboundEvent,
    Message,
    Participant,
    Provider,
    Team,
)
from channels_app.outbound.once import KEYS_FOR

EVENTS_FOR = timedelta(days=30)
AT_ONCE = 5000
OF_A_TEAM: tuple[type[Model], ...] = (
    Message,
    Delivery,
    IdempotencyKey,
    InboundEvent,
    Conversation,
    Participant,
    Channel,
    Bot,
    Provider,
)
"""In an order in which each may go; whatever else a team has goes with it."""


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


def erase_teams() -> int:
    """Erase what is left of teams that were deleted, batch by batch; gives how many teams went."""
    teams = list(Team.objects.exclude(deleted_at=None))
    for team in teams:
        retention.erase(team)
        _erase(Attempt.objects.filter(message__team=team))
        for rows in OF_A_TEAM:
            _erase(rows._default_manager.filter(team=team))
        team.delete()
    return len(teams)


def _erase(rows: QuerySet[Any]) -> None:
    while ids := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        rows.model._default_manager.filter(pk__in=ids).delete()
