"""The audit log: who did what in a team, and when. Written by the services, added to and never changed."""

from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn
from uuid import UUID

from django.conf import settings
from django.db import models

from channels_app import clock
from channels_app.teams.models import ApiKey, Team, TeamQuerySet


class AppendOnly(TeamQuerySet):
    """Rows that are added, read, and go with their team."""

    def update(self, **changes: Any) -> NoReturn:
        raise TypeError("The audit log is added to, and not changed.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit log goes with its team, and not before.")


class AuditEvent(models.Model):
    """`actor` is who did it, by name, for people leave and keys are revoked. `about` names what it was done to.

    `details` are words and numbers for people: never a secret, never what somebody wrote.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="audit_events")
    at = models.DateTimeField(default=clock.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=254, blank=True)
    via = models.CharField(max_length=10)
    action = models.CharField(max_length=40)
    about = models.CharField(max_length=254, blank=True)
    about_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict, blank=True)

    objects: ClassVar[AppendOnly] = AppendOnly.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="audit_of_a_team")]

    def __str__(self) -> str:
        return f"{self.action} {self.about}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something: a person, a team's program, or this installation itself."""

    name: str = ""
    via: str = "system"
    user_id: Any = None


SYSTEM = Actor()


def person(user: Any, via: str = "web") -> Actor:
    """Somebody who is signed in."""
    return Actor(name=str(user), via=via, user_id=user.pk)


def program(key: ApiKey) -> Actor:
    """Whoever shows this key at the API."""
    return Actor(name=str(key), via="api")


def record(team_id: UUID, by: Actor, action: str, about: Any = "", **details: str | int | bool | list[str]) -> None:
    """Note that `by` did `action`, such as `provider.deleted`, to `about`, a row or a name."""
    AuditEvent.objects.create(
        team_id=team_id,
        user_id=by.user_id,
        actor=by.name[:254],
        via=by.via,
        action=action,
        about=str(about)[:254],
        about_id=str(about.pk) if isinstance(about, models.Model) else "",
        details=details,
    )
