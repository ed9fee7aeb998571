"""Unrouted: what came for a number before it had a channel goes into the channel of that same provider."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction

from channels_app import clock
from channels_app.gateways.meta import keys
from channels_app.models import Channel, EventState, InboundEvent
from channels_app.models.holding import unclaimed

AT_ONCE = 500
TRIES = 3
LATE = timedelta(minutes=10)


def release_into(channel: Channel) -> int:
    """Give `channel` what its provider kept for its number; gives how many events wait there now.

    A message gets the key it would have had, so that Meta's repeats of it change nothing any more.
    """
    count = 0
    last = 0
    while events := _some(channel, last):
        last = events[-1].pk
        count += _release(channel, events)
    return count


def release_late() -> int:
    """As `release_into`, for channels made, or changed, a little while ago: a webhook may have crossed with that."""
    young = Channel.objects.filter(updated_at__gt=clock.now() - LATE, deleted_at=None)
    return sum(release_into(channel) for channel in young)


def _some(channel: Channel, after: int) -> list[InboundEvent]:
    rows = InboundEvent.objects.filter(
        state=EventState.UNROUTED,
        phone_number_id=channel.phone_number_id,
        provider=channel.provider_id,
        pk__gt=after,
    )
    return list(rows.only("pk", "kind", "external_id", "phone_number_id", "reason", "key").order_by("pk")[:AT_ONCE])


def _release(channel: Channel, events: Sequence[InboundEvent]) -> int:
    for _ in range(TRIES):
        try:
            return _release_once(channel, events)
        except IntegrityError:
            continue  # Meta repeated one of them at this very moment
    return 0


@transaction.atomic
def _release_once(channel: Channel, events: Sequence[InboundEvent]) -> int:
    waiting = InboundEvent.objects.filter(pk__in=[event.pk for event in events], state=EventState.UNROUTED)
    free = {event.pk for event in unclaimed(waiting.only("pk"))}
    mine = [event for event in events if event.pk in free]
    plain = {event.pk: key for event in mine if (key := _plain_key(event))}
    taken = set(map(bytes, InboundEvent.objects.filter(key__in=plain.values()).values_list("key", flat=True)))
    repeated = [event.pk for event in mine if plain.get(event.pk) in taken]
    InboundEvent.objects.filter(pk__in=repeated).delete()
    released = [event for event in mine if event.pk not in repeated]
    for event in released:
        event.key = plain.get(event.pk, event.key)
        event.channel, event.state = channel, _state(event)
    InboundEvent.objects.bulk_update(released, ["key", "channel", "state"])
    return len(released)


def _plain_key(event: InboundEvent) -> bytes | None:
    if event.kind == "message" and event.external_id:
        return keys.of_message(event.phone_number_id, event.external_id)
    return None  # whoever repeats a status, or anything else, does no harm


def _state(event: InboundEvent) -> EventState:
    return EventState.UNPARSED if event.reason and event.kind != "message" else EventState.WAITING
