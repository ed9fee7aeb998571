"""Bots, which REST calls chatbots, as the API shows and takes them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from channels_app import settling
from channels_app.api.refusals import by_field
from channels_app.api.serializers.base import team_of
from channels_app.bots import setup
from channels_app.models import Bot


class ChatbotSerializer(serializers.ModelSerializer[Bot]):
    engine = serializers.CharField(max_length=30)
    config = serializers.JSONField(required=False, help_text="By engine; `{}` for `echo`.")
    speech = serializers.JSONField(required=False, allow_null=True)
    hears_reactions = serializers.BooleanField(required=False, help_text="A reaction is a turn of its own.")
    is_active = serializers.BooleanField(required=False)

    class Meta:
        model = Bot
        fields = ("id", "name", "engine", "config", "speech", "hears_reactions", "is_active")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        bot = self.instance or Bot()
        given = {name: attrs.get(name, getattr(bot, name)) for name in ("engine", "config", "speech")}
        try:
            setup.check(**given)
        except DjangoValidationError as exc:
            raise by_field(exc) from exc
        return attrs

    def create(self, validated_data: Mapping[str, Any]) -> Bot:
        bot = Bot(team=team_of(self.context["request"]))
        settling.save_bot(bot, validated_data)
        return bot

    def update(self, instance: Bot, validated_data: Mapping[str, Any]) -> Bot:
        settling.save_bot(instance, validated_data)
        return instance
