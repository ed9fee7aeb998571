"""What was counted of a day that is over, for the pictures of a team's dashboard."""

from typing import ClassVar

from django.db import models

from channels_app import clock
from channels_app.teams.models import Team, TeamQuerySet


class CountedDay(models.Model):
    """`figures` are those of a day, in UTC, by channel, as `figures.counts` writes them; counted at `counted_at`."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    figures = models.JSONField(default=dict)
    counted_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "day"], name="each_day_is_counted_once")]

    def __str__(self) -> str:
        return f"{self.day} of {self.team_id}"
