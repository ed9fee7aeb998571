"""Handover: a conversation waits for a person of the team, and is given back to the bot."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from channels_app import clock, mailboxes
from channels_app.inbound import release
from channels_app.models import Conversation, Direction, Message, Source, Status

LONGEST_REASON = 1000


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


@transaction.atomic
def give_back(ids: Iterable[UUID]) -> int:
    """Have the bot asked again in these conversations; gives how many of them had waited.

    What came meanwhile and was answered by a person needs no other answer; what came after that is asked now.
    """
    waited = Conversation.objects.filter(pk__in=mailboxes.hold(ids)).exclude(waiting_since=None)
    pks = list(waited.values_list("pk", flat=True))
    spoke = Message.objects.filter(conversation=OuterRef("conversation"), delivery__source=Source.PERSON)
    held = Message.objects.filter(
        conversation__in=pks, status=Status.HELD, direction=Direction.INBOUND, error__isnull=True
    )
    held.filter(pk__lt=Subquery(spoke.order_by("-id").values("pk")[:1])).update(status=Status.ANSWERED)
    Conversation.objects.filter(pk__in=pks).update(waiting_since=None, waiting_why="", taken_by=None, taken_at=None)
    release.release(held.values_list("pk", flat=True))
    return len(pks)
