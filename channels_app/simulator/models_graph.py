"""Rows that Graph alone keeps: files, who was blocked, and where an app wants its webhooks."""

from typing import ClassVar

from django.db import models

from channels_app import clock
from channels_app.teams.models import Team, TeamQuerySet


class SimulatedMedia(models.Model):
    """A file that a number sent up or was sent; `media_id` is good for that number alone, until `expires_at`."""

    number = models.ForeignKey("channels_app.SimulatedNumber", models.CASCADE, related_name="media")
    media_id = models.CharField(max_length=64, unique=True)
    mime_type = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    filename = models.CharField(max_length=255, blank=True)
    file = models.FileField(upload_to="simulator/")
    expires_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.media_id


class SimulatedBlock(models.Model):
    """A person whom a number wants to hear nothing of, and to whom it can write nothing."""

    number = models.ForeignKey("channels_app.SimulatedNumber", models.CASCADE, related_name="blocks")
    person = models.ForeignKey("channels_app.SimulatedPerson", models.CASCADE, related_name="blocks")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["number", "person"], name="one_simulated_block_per_pair")]

    def __str__(self) -> str:
        return f"{self.number} has blocked {self.person}"


class SimulatedSubscription(models.Model):
    """Where an app wants its webhooks, and which; without a row they come to this installation's own webhook.

    An empty `callback_url` is a subscription that was ended.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    app_id = models.CharField(max_length=64)
    callback_url = models.CharField(max_length=500, blank=True)
    fields = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "app_id"], name="one_simulated_subscription_per_app")]

    def __str__(self) -> str:
        return f"{self.app_id} at {self.callback_url or 'no address'}"
