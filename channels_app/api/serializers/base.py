"""What all serializers of the API share: the team that asks, and references to its rows."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from channels_app.models import Team
from channels_app.teams import audit


def team_of(request: Request) -> Team:
    """The team whose key was shown."""
    key: Any = request.auth
    team: Team = key.team
    return team


def actor_of(request: Request) -> audit.Actor:
    """Who the audit log says did it: the key by its name."""
    key: Any = request.auth
    return audit.program(key)


class TeamRelatedField(serializers.PrimaryKeyRelatedField[Any]):
    """The id of a row of the team's own that is not deleted; any other id is said not to exist."""

    default_error_messages = {"does_not_exist": "This team has nothing of the id {pk_value} here."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pk_field=serializers.UUIDField(), **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = super().get_queryset()
        own: QuerySet[Any] = rows.for_team(team_of(self.context["request"])).filter(deleted_at=None)
        return own
