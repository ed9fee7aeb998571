"""Channels, as the API shows and takes them. A number is looked up at Meta before it is taken."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from channels_app import onboarding, settling
from channels_app.api.refusals import by_field
from channels_app.api.serializers.base import TeamRelatedField, actor_of, team_of
from channels_app.models import Bot, Channel, Interruption, Provider, VoiceReplies


def _bounded(name: str, **options: Any) -> serializers.IntegerField:
    least, most = onboarding.LIMITS[name]
    return serializers.IntegerField(required=False, min_value=least, max_value=most, **options)


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    provider = TeamRelatedField(queryset=Provider.objects.all())
    chatbot = TeamRelatedField(source="bot", queryset=Bot.objects.all())
    phone_number = serializers.CharField(max_length=40, help_text="In any usual form; kept as E.164.")
    phone_number_id = serializers.CharField(read_only=True)
    voice_replies = serializers.ChoiceField(required=False, choices=VoiceReplies.choices)
    allowed_senders = serializers.ListField(
        required=False, child=serializers.CharField(max_length=200), help_text="Empty: everyone may write."
    )
    answer_within = _bounded("answer_within", allow_null=True)
    debounce = _bounded("debounce")
    when_interrupted = serializers.ChoiceField(
        required=False, choices=Interruption.choices, help_text="When the person writes again while the bot thinks."
    )
    pause_after_answer = _bounded(
        "pause_after_answer", help_text="Seconds for which the bot is not asked after a person answered. 0: it goes on."
    )
    max_templates = _bounded("max_templates", allow_null=True)
    reply_expires_after = _bounded("reply_expires_after")
    consent_message = serializers.CharField(
        required=False, allow_blank=True, max_length=4096, help_text="Before the first answer to each person. Markdown."
    )
    reset_message = serializers.CharField(required=False, allow_blank=True, max_length=4096)
    unheard_message = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=4096,
        help_text="The answer to a voice note that was not transcribed, for bots that only read. Markdown.",
    )
    echo_transcripts = serializers.BooleanField(required=False)
    off_message = serializers.CharField(
        required=False, allow_blank=True, max_length=4096, help_text="Once to each person while it is off. Markdown."
    )
    is_active = serializers.BooleanField(required=False)

    class Meta:
        model = Channel
        fields = (
            "id",
            "name",
            "provider",
            "chatbot",
            "phone_number",
            "phone_number_id",
            "voice_replies",
            "allowed_senders",
            "answer_within",
            "debounce",
            "when_interrupted",
            "pause_after_answer",
            "max_templates",
            "reply_expires_after",
            "consent_message",
            "reset_message",
            "unheard_message",
            "echo_transcripts",
            "off_message",
            "is_active",
        )

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        channel = self.instance or Channel(team=team_of(self.context["request"]))
        try:
            return onboarding.clean_channel(channel, attrs)
        except DjangoValidationError as exc:
            raise by_field(exc) from exc

    def create(self, validated_data: Mapping[str, Any]) -> Channel:
        channel = Channel()
        settling.save_channel(channel, validated_data, actor_of(self.context["request"]))
        return channel

    def update(self, instance: Channel, validated_data: Mapping[str, Any]) -> Channel:
        settling.save_channel(instance, validated_data, actor_of(self.context["request"]))
        return instance
