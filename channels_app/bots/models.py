"""A team's bots: which engine answers, and how it is set up."""

from typing import ClassVar

from django.db import models

from channels_app import clock
from channels_app.teams.models import Team, TeamQuerySet


class Bot(models.Model):
    """REST calls it a chatbot. One that is not active holds what its channels receive."""

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="bots")
    name = models.CharField(max_length=120)
    engine = models.CharField(max_length=30, default="echo")
    config = models.JSONField(default=dict, blank=True)
    speech = models.JSONField(null=True, blank=True)
    hears_reactions = models.BooleanField(
        default=False, help_text="A reaction to one of its messages is a turn of its own."
    )
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
