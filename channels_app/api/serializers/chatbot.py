"""Bots, which REST calls chatbots, as the API shows and takes them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from channels_app import settling
from channels_app.api.refusals import by_field
from channels_app.api.serializers.base import actor_of, team_of
from channels_app.bots import setup
from channels_app.models import Bot


class ChatbotSerializer(serializers.ModelSerializer[Bot]):
    engine = serializers.CharField(max_length=30)
    config = serializers.JSONField(required=False, help_text="By engine; `{}` for `echo`. A secret is shown masked.")
    speech = serializers.JSONField(
        required=False,
        allow_null=True,
        help_text="`null`, or `{ai_provider, transcription_model, speech_model, voice, language}`: see docs/voice.md.",
    )
    hears_reactions = serializers.BooleanField(required=False, help_text="A reaction is a turn of its own.")
    is_active = serializers.BooleanField(required=False)

    class Meta:
        model = Bot
        fields = ("id", "name", "engine", "config", "speech", "hears_reactions", "is_active")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        bot = self.instance or Bot(team=team_of(self.context["request"]))
        try:
            return settling.clean_bot(bot, attrs if self.instance else {"config": {}, **attrs})
        except DjangoValidationError as exc:
            raise by_field(exc) from exc

    def to_representation(self, instance: Bot) -> dict[str, Any]:
        return {**super().to_representation(instance), "config": setup.shown_config(instance)}

    def create(self, validated_data: Mapping[str, Any]) -> Bot:
        bot = Bot(team=team_of(self.context["request"]))
        settling.save_bot(bot, validated_data, actor_of(self.context["request"]))
        return bot

    def update(self, instance: Bot, validated_data: Mapping[str, Any]) -> Bot:
        settling.save_bot(instance, validated_data, actor_of(self.context["request"]))
        return instance
