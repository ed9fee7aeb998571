"""AI providers, as the API shows and takes them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from channels_app import settling
from channels_app.api.refusals import by_field
from channels_app.api.serializers.base import actor_of, team_of
from channels_app.api.serializers.provider import SecretField
from channels_app.bots import ai
from channels_app.models import AiProvider


class AiProviderSerializer(serializers.ModelSerializer[AiProvider]):
    base_url = serializers.CharField(help_text="Of any OpenAI-compatible endpoint, up to and with `/v1`.")
    api_key = SecretField(required=False)

    class Meta:
        model = AiProvider
        fields = ("id", "name", "base_url", "api_key")

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return ai.clean(self.instance or AiProvider(), attrs)
        except DjangoValidationError as exc:
            raise by_field(exc) from exc

    def create(self, validated_data: Mapping[str, Any]) -> AiProvider:
        provider = AiProvider(team=team_of(self.context["request"]))
        settling.save_ai_provider(provider, validated_data, actor_of(self.context["request"]))
        return provider

    def update(self, instance: AiProvider, validated_data: Mapping[str, Any]) -> AiProvider:
        settling.save_ai_provider(instance, validated_data, actor_of(self.context["request"]))
        return instance
