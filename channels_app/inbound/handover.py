"""Handover: a conversation waits for a person of the team, or one answers in it, and then it is the bot's again."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from channels_app import clock, mailboxes
from channels_app.inbound import release
from channels_app.models import Channel, Conversation, Direction, Message, Source, Status

LONGEST_REASON = 1000
AT_ONCE = 500
KEPT_FROM_THE_BOT = Q(waiting_since__isnull=False) | Q(paused_until__isnull=False)


def columns(why: str) -> dict[str, object]:
    """What a conversation's row says while it waits for a person."""
    return {"waiting_since": clock.now(), "waiting_why": why.strip()[:LONGEST_REASON]}


def take_over(conversation_id: UUID, user_id: Any) -> None:
    """This member answers from here on: the bot is not asked until the conversation is given back.

    What it is thinking about at this moment may still be said. Whoever had it taken over before has it no more.
    """
    now = clock.now()
    Conversation.objects.filter(pk=conversation_id).update(
        waiting_since=Coalesce("waiting_since", now), taken_by=user_id, taken_at=now
    )


def answered(conversation_id: UUID, user_id: Any) -> None:
    """This member answered: what waited for somebody is theirs, unless another one has it."""
    waits = Conversation.objects.filter(pk=conversation_id, taken_by=None).exclude(waiting_since=None)
    waits.update(taken_by=user_id, taken_at=clock.now())


def pause(conversation_id: UUID, channel: Channel) -> None:
    """A person answered: the bot is not asked for as long as the channel has it so, from the last such answer on."""
    if channel.pause_after_answer:
        until = clock.now() + timedelta(seconds=channel.pause_after_answer)
        Conversation.objects.filter(pk=conversation_id).update(paused_until=until)


@transaction.atomic
def give_back(ids: Iterable[UUID]) -> int:
    """Have the bot asked again in these conversations; gives how many of them had waited, or were paused.

    What came meanwhile and was answered by a person needs no other answer; what came after that is asked now.
    """
    waited = Conversation.objects.filter(KEPT_FROM_THE_BOT, pk__in=mailboxes.hold(ids))
    pks = list(waited.values_list("pk", flat=True))
    Conversation.objects.filter(pk__in=pks).update(
        waiting_since=None, waiting_why="", taken_by=None, taken_at=None, paused_until=None
    )
    _ask_what_is_left(pks)
    return len(pks)


@transaction.atomic
def end_pauses() -> int:
    """Have the bot asked again where it paused long enough, unless a person took over; gives how many pauses ended."""
    over = Conversation.objects.filter(paused_until__lte=clock.now())
    ids = mailboxes.hold(over.order_by("paused_until").values_list("pk", flat=True)[:AT_ONCE])
    ended = dict(over.filter(pk__in=ids).values_list("pk", "waiting_since"))
    if ended:
        Conversation.objects.filter(pk__in=ended).update(paused_until=None)
        _ask_what_is_left([pk for pk, waiting_since in ended.items() if waiting_since is None])
    return len(ended)


def _ask_what_is_left(pks: Sequence[UUID]) -> None:
    spoke = Message.objects.filter(conversation=OuterRef("conversation"), delivery__source=Source.PERSON)
    held = Message.objects.filter(
        conversation__in=pks, status=Status.HELD, direction=Direction.INBOUND, error__isnull=True
    )
    held.filter(pk__lt=Subquery(spoke.order_by("-id").values("pk")[:1])).update(status=Status.ANSWERED)
    release.release(held.values_list("pk", flat=True))
