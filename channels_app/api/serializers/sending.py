"""A message that a program sends without being asked: to whom, on which channel, and what."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from channels_app.api.serializers.base import TeamRelatedField
from channels_app.api.writing_to import address_of
from channels_app.models import Channel

LATER = ("choices", "link", "location", "contacts", "attachment", "template", "reaction")
"""Kinds of reply that the API knows by name, and that cannot be sent yet."""


class SendingSerializer(serializers.Serializer[Any]):
    channel = TeamRelatedField(queryset=Channel.objects.select_related("provider", "bot"))
    to = serializers.CharField(max_length=200, help_text="A number in any usual form, a wa_id, or a user id.")
    text = serializers.CharField(trim_whitespace=False, help_text="Markdown.")
    voice = serializers.BooleanField(required=False, default=False)
    quote = serializers.BooleanField(required=False, default=False, help_text="Quote their last message.")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            refused = {str(name): _refusal(str(name)) for name in data if self._is_refused(str(name), data)}
            if refused:
                raise serializers.ValidationError(refused)
        return super().to_internal_value(data)

    def validate_channel(self, channel: Channel) -> Channel:
        if not channel.is_active:
            raise serializers.ValidationError("This channel is switched off. Switch it on to send from its number.")
        return channel

    def validate_to(self, to: str) -> Any:
        try:
            return address_of(to)
        except ValueError as exc:
            raise serializers.ValidationError(str(exc)) from exc

    def _is_refused(self, name: str, data: Mapping[Any, Any]) -> bool:
        return name not in self.fields and not (name in LATER and data.get(name) is None)


def _refusal(name: str) -> list[str]:
    if name in LATER:
        return ["This kind of reply cannot be sent yet: it comes with a later version. Send `text`."]
    return ["This is unknown here. A message has `channel`, `to`, and a reply: `text`, with `voice` or `quote`."]
