"""Waiting: the messages on the shelf, and which of them are received next. Channels take turns."""

from django.db import connection
from django.db.models import QuerySet

from channels_app.models import EventState, InboundEvent
from channels_app.models.turns import Round

LEAST = 4
"""How many events of each channel are received at once, whatever waits on the others."""

_round = Round(InboundEvent, "state = 'waiting' AND kind = 'message'")


def are_there() -> bool:
    return events().exists()


def events() -> QuerySet[InboundEvent]:
    return InboundEvent.objects.filter(state=EventState.WAITING, kind="message").order_by("id")


def first(limit: int) -> tuple[list[int], bool]:
    """The events that are received next, of each channel the first ones; and whether there may be more."""
    if connection.vendor != "postgresql":
        found_here = list(events().values_list("pk", flat=True)[:limit])
        return found_here, len(found_here) == limit
    statement = f"""
        {_round.channels} SELECT channel_id, ARRAY(
            SELECT id FROM {InboundEvent._meta.db_table} AS event
            WHERE event.channel_id = channel.channel_id AND state = 'waiting' AND kind = 'message'
            ORDER BY id LIMIT (SELECT greatest({LEAST}, %s / count(*)) FROM channel)
        ) FROM channel
    """  # noqa: S608 - nothing but our own names is in it
    with connection.cursor() as cursor:
        cursor.execute(statement, [_round.after, limit])
        found = dict(cursor.fetchall())
    _round.stopped_after(list(found))
    all_seen = not _round.goes_on and all(len(ids) < max(LEAST, limit // len(found)) for ids in found.values())
    return sorted(pk for ids in found.values() for pk in ids), not all_seen
