"""A team's bots: which engine answers, and how it is set up; and the AI providers that its bots ask."""

from typing import ClassVar

from django.db import models

from channels_app import clock
from channels_app.fields import EncryptedTextField
from channels_app.naming import NameField
from channels_app.teams.models import Team, TeamQuerySet


class AiProvider(models.Model):
    """An OpenAI-compatible service, with the team's key to it. `base_url` goes up to and with `/v1`."""

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="ai_providers")
    name = NameField(max_length=120)
    base_url = models.CharField("Base URL", max_length=500)
    api_key = EncryptedTextField("API key", blank=True, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        verbose_name = "AI provider"

    def __str__(self) -> str:
        return self.name


class Bot(models.Model):
    """REST calls it a chatbot. One that is not active holds what its channels receive.

    `config` is what its engine is told, but for `ai_provider` and the `secret`, which are kept apart: the one is a row
    of the team's, the other encrypted.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="bots")
    name = NameField(max_length=120)
    engine = models.CharField(max_length=30, default="echo")
    config = models.JSONField(default=dict, blank=True)
    ai_provider = models.ForeignKey(AiProvider, models.PROTECT, null=True, blank=True, related_name="bots")
    secret = EncryptedTextField(blank=True, default="")
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
