"""Growing old: where no clock can be moved, what two have written to each other is moved into the past instead."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from channels_app.models import Conversation
from channels_app.simulator import people
from channels_app.simulator.models import SimulatedChat


@transaction.atomic
def grow_old(chat: SimulatedChat, by: timedelta) -> None:
    """What was written in `chat` is older `by` so much, for both sides; what is written next is new."""
    people.hold(chat)
    SimulatedChat.objects.filter(pk=chat.pk).update(wrote_at=F("wrote_at") - by)
    known_as = Q(participant__wa_id=chat.person.digits) | Q(participant__user_id=chat.person.user_id)
    conversations = Conversation.objects.for_team(chat.number.account.team_id).filter(known_as)
    conversations.filter(channel__phone_number_id=chat.number.phone_number_id).update(
        service_window_expires_at=F("service_window_expires_at") - by, last_message_at=F("last_message_at") - by
    )


@contextmanager
def lagging(chat: SimulatedChat, by: timedelta) -> Iterator[None]:
    """What the person writes until the block is left was written so long ago, and comes only now."""
    if not by:
        yield
        return
    row = SimulatedChat.objects.filter(pk=chat.pk)
    row.update(lag=by)
    yield
    row.update(lag=timedelta(0))
