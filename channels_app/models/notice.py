"""What a team has to know, and what is only counted."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from channels_app import clock
from channels_app.models.channel import Channel
from channels_app.models.provider import Provider
from channels_app.teams.models import Team, TeamQuerySet


class Notice(models.Model):
    """Something at a provider or a channel that wants mending. One is open for each kind; closed when mended."""

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="notices")
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="notices")
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, blank=True, related_name="notices")
    kind = models.CharField(max_length=40)
    code = models.IntegerField(default=0)
    title = models.CharField(max_length=255)
    detail = models.TextField(blank=True)
    advice = models.TextField(blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind"],
                condition=Q(closed_at__isnull=True, channel__isnull=True),
                name="one_open_notice_per_provider",
            ),
            models.UniqueConstraint(
                fields=["channel", "kind"],
                condition=Q(closed_at__isnull=True, channel__isnull=False),
                name="one_open_notice_per_channel",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RefusalCount(models.Model):
    """How many webhooks named a provider on a day and were not signed with its app secret."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="refusals")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "day"], name="one_refusal_count_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class RoutingVersion(models.Model):
    """A number that grows with every change of what webhooks are routed and judged by. Kept by triggers."""

    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.version)
