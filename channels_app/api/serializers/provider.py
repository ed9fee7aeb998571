"""Messaging providers, as the API shows and takes them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from channels_app import onboarding, settling
from channels_app.api.refusals import by_field
from channels_app.api.serializers.base import actor_of, team_of
from channels_app.gateways.base import Check
from channels_app.models import META, Provider


class SecretField(serializers.CharField):
    """A secret: taken, and shown masked. Sent back empty, or as it is shown, it stays what it was."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_blank=True, **kwargs)

    def to_representation(self, value: str) -> str:
        return onboarding.mask(value)


class ProviderSerializer(serializers.ModelSerializer[Provider]):
    type = serializers.CharField(
        source="kind", required=False, help_text="`meta_cloud_api`, or `simulated`. It cannot be changed."
    )
    access_token = SecretField()
    app_secret = SecretField()
    verify_token = SecretField()
    webhook_url = serializers.SerializerMethodField()

    class Meta:
        model = Provider
        fields = (
            "id",
            "type",
            "name",
            "waba_id",
            "access_token",
            "app_secret",
            "verify_token",
            "template_language",
            "app_id",
            "webhook_url",
        )

    def get_webhook_url(self, provider: Provider) -> str:
        """The callback URL to enter at Meta."""
        return onboarding.webhook_url()

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        provider = self.instance or Provider(kind=META)
        try:
            return dict(onboarding.clean_provider(provider, attrs))
        except DjangoValidationError as exc:
            raise by_field(exc) from exc

    def create(self, validated_data: Mapping[str, Any]) -> Provider:
        provider = Provider(team=team_of(self.context["request"]))
        settling.save_provider(provider, validated_data, actor_of(self.context["request"]))
        return provider

    def update(self, instance: Provider, validated_data: Mapping[str, Any]) -> Provider:
        settling.save_provider(instance, validated_data, actor_of(self.context["request"]))
        return instance


class CheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=["ok", "warning", "error"])
    detail = serializers.CharField()
    fix = serializers.CharField()
    remedy = serializers.ChoiceField(
        choices=onboarding.REMEDIES,
        required=False,
        help_text="What `mend/` can do about it; not there where a person has to.",
    )
    about = serializers.CharField(required=False, help_text="The phone number id, where a number is to be registered.")

    def to_representation(self, instance: Check) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {name: value for name, value in shown.items() if value or name not in ("remedy", "about")}


class RemedySerializer(serializers.Serializer[Any]):
    """What `mend/` takes: `text` words a template and has one, suggested, by itself; `about` and `pin` register."""

    remedy = serializers.ChoiceField(choices=onboarding.REMEDIES)
    text = serializers.CharField(required=False, max_length=1024)
    about = serializers.CharField(required=False, max_length=64)
    pin = serializers.CharField(required=False, max_length=6)

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        language = self.context["provider"].template_language
        given = {"text": onboarding.suggestion(language)} | {name: str(value) for name, value in attrs.items()}
        try:
            return {"wanted": onboarding.clean_remedy(given)}
        except DjangoValidationError as exc:
            raise by_field(exc) from exc


class AccessSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    checks = CheckSerializer(many=True)
