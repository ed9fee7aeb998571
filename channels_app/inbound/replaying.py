"""Replaying: events that could not be read are read once more, by code that may know them by now."""

from collections.abc import Iterable

from django.db import transaction

from channels_app.models import EventState, InboundEvent


@transaction.atomic
def replay(ids: Iterable[int]) -> int:
    """Have these events read again, those alone that were set aside as unparsed or poisoned; gives how many.

    The message that stands for one of them, if there is one, is written anew.
    """
    rows = InboundEvent.objects.filter(pk__in=list(ids), state__in=[EventState.UNPARSED, EventState.POISONED])
    rows = rows.exclude(channel=None, kind="message")
    return rows.update(state=EventState.WAITING, reason="", tries=0, replaced=True)
