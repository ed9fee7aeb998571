"""Filters of the lists: read like any other input, and never wider than the team's own rows."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework import serializers

from channels_app.api.writing_to import USER_ID
from channels_app.gateways.meta import numbers
from channels_app.models import Conversation, Direction, Message, Participant, Status, Team


class ConversationFilter(serializers.Serializer[Any]):
    channel = serializers.UUIDField(required=False)
    participant = serializers.CharField(
        required=False, max_length=200, help_text="wa_id, number in any usual form, or user id"
    )
    waiting = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Those that wait for a person of the team, or not."
    )

    def narrow(self, rows: QuerySet[Conversation], team: Team) -> QuerySet[Conversation]:
        """Those of `rows` that the query asks for."""
        asked = self.validated_data
        if "channel" in asked:
            rows = rows.filter(channel=asked["channel"])
        if "participant" in asked:
            rows = rows.filter(participant__in=_people(team, asked["participant"]))
        if asked["waiting"] is not None:
            rows = rows.filter(waiting_since__isnull=not asked["waiting"])
        return rows


class MessageFilter(serializers.Serializer[Any]):
    channel = serializers.UUIDField(required=False)
    conversation = serializers.UUIDField(required=False)
    participant = serializers.CharField(
        required=False, max_length=200, help_text="wa_id, number in any usual form, or user id"
    )
    direction = serializers.ChoiceField(required=False, choices=Direction.choices)
    status = serializers.ChoiceField(required=False, choices=Status.choices)

    def narrow(self, rows: QuerySet[Message], team: Team) -> QuerySet[Message]:
        """Those of `rows` that the query asks for."""
        asked = self.validated_data
        for name in ("channel", "conversation", "direction", "status"):
            if name in asked:
                rows = rows.filter(**{name: asked[name]})
        if "participant" in asked:
            theirs = Conversation.objects.for_team(team).filter(participant__in=_people(team, asked["participant"]))
            rows = rows.filter(conversation__in=list(theirs.values_list("pk", flat=True)))
        return rows


def _people(team: Team, named: str) -> list[UUID]:
    """The participants of the team that are meant, in whatever portfolio."""
    if USER_ID.fullmatch(named):
        meant = Q(user_id=named)
    else:
        try:
            meant = Q(wa_id__in={named, *numbers.variants(numbers.digits(numbers.e164(named)))})
        except ValueError:
            meant = Q(wa_id=named) | Q(user_id=named)
    return list(Participant.objects.for_team(team).filter(meant).values_list("pk", flat=True))
