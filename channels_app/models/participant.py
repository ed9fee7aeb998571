"""A participant: the person at the other end, known by phone number, by user id, or by both."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from channels_app import clock
from channels_app.messages import Address
from channels_app.naming import NameField
from channels_app.teams.models import Team, TeamQuerySet

FORMER = "former:"


class Participant(models.Model):
    """`wa_id` and `user_id` are Meta's, each unique within a team and a business portfolio.

    `wants_messages` is what they said with STOP and START, `wants_marketing` what they set in the app, each with the
    time of that word. A number that passed to somebody else, from a person known by nothing else, begins with `FORMER`.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="participants")
    portfolio = models.CharField(max_length=80)
    wa_id = models.CharField(max_length=140, null=True, blank=True)  # noqa: DJ001 - unknown ids are not equal
    user_id = models.CharField(max_length=140, null=True, blank=True)  # noqa: DJ001
    name = NameField(max_length=255, blank=True)
    username = models.CharField(max_length=64, blank=True)
    wants_messages = models.BooleanField(default=True)
    wants_messages_since = models.DateTimeField(null=True, editable=False)
    wants_marketing = models.BooleanField(default=True)
    wants_marketing_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "portfolio", "wa_id"], name="one_participant_per_wa_id"),
            models.UniqueConstraint(fields=["team", "portfolio", "user_id"], name="one_participant_per_user_id"),
            models.CheckConstraint(
                condition=Q(wa_id__isnull=False) | Q(user_id__isnull=False), name="participant_is_known_by_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.handle

    @property
    def handle(self) -> str:
        return self.wa_id or self.user_id or ""

    @property
    def address(self) -> Address:
        is_former = self.wa_id is not None and self.wa_id.startswith(FORMER)
        return Address(wa_id=None if is_former else self.wa_id, user_id=self.user_id)
