"""What the last check-up of a provider found, for those who look at the list later."""

from django.db import models

from channels_app import clock
from channels_app.models.provider import Provider


class Checkup(models.Model):
    """Apart from the provider's own row, which every webhook is judged by. `lines` are those of `Check`, as JSON."""

    provider = models.OneToOneField(Provider, models.CASCADE, primary_key=True, related_name="checkup")
    at = models.DateTimeField(default=clock.now)
    lines = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Check-up of {self.provider_id}"
