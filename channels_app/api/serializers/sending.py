"""A message that a program sends without being asked: to whom, on which channel, and what."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from channels_app.api.serializers.base import TeamRelatedField, team_of
from channels_app.api.writing_to import address_of
from channels_app.bots import replies
from channels_app.bots.contract import Reply
from channels_app.models import Channel, KeptFile

NOTHING = "There is nothing to say in this. Write some words, or another kind of reply."


class ChoiceSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(required=False, help_text="Comes back when it is taken. Without one, the title does.")
    title = serializers.CharField()
    description = serializers.CharField(required=False)


class LinkSerializer(serializers.Serializer[Any]):
    url = serializers.URLField()
    title = serializers.CharField(required=False)


class AttachmentSerializer(serializers.Serializer[Any]):
    url = serializers.URLField(required=False, help_text="A public address, which the file is fetched from.")
    media = serializers.UUIDField(required=False, help_text="Instead of `url`: the id of a file that was uploaded.")
    type = serializers.ChoiceField(required=False, choices=["image", "video", "audio", "document", "sticker"])
    filename = serializers.CharField(required=False)


class LocationSerializer(serializers.Serializer[Any]):
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    name = serializers.CharField(required=False)
    address = serializers.CharField(required=False)


class ContactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    phones = serializers.ListField(required=False, child=serializers.CharField())
    emails = serializers.ListField(required=False, child=serializers.CharField())
    urls = serializers.ListField(required=False, child=serializers.CharField())
    organisation = serializers.CharField(required=False)


class TemplateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    language = serializers.CharField(required=False, help_text="Without one, the provider's.")
    parameters = serializers.JSONField(required=False, help_text="An object by name, or a list in order.")


class SendingSerializer(serializers.Serializer[Any]):
    """`channel`, `to` and one reply. The fields of the reply are read by the rules that hold for bots, too."""

    channel = TeamRelatedField(queryset=Channel.objects.select_related("provider", "bot"))
    to = serializers.CharField(max_length=200, help_text="A number in any usual form, a wa_id, or a user id.")
    text = serializers.CharField(required=False, help_text="Markdown; the caption of an attachment.")
    markdown = serializers.BooleanField(required=False, default=True, help_text="False: the text goes as it stands.")
    choices = ChoiceSerializer(required=False, many=True)
    menu = serializers.CharField(required=False, help_text="The label that opens a list of choices.")
    voice = serializers.BooleanField(required=False, default=False)
    quote = serializers.BooleanField(required=False, default=False, help_text="Quote their last message.")
    attachment = AttachmentSerializer(required=False)
    link = LinkSerializer(required=False)
    location = LocationSerializer(required=False)
    contacts = ContactSerializer(required=False, many=True)
    request = serializers.ChoiceField(required=False, choices=["location", "number"])
    reaction = serializers.CharField(required=False, allow_blank=True, help_text="One emoji on their last message.")
    template = TemplateSerializer(required=False)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        errors: dict[str, Any] = {}
        wish: dict[str, Any] = {}
        written = {name: value for name, value in data.items() if name not in ("channel", "to")}
        try:
            wish = super().to_internal_value({name: data[name] for name in ("channel", "to") if name in data})
        except serializers.ValidationError as exc:
            errors |= dict(exc.detail) if isinstance(exc.detail, dict) else {}
        try:
            reply = replies.read(written)
        except replies.BadReply as exc:
            errors |= {name: [what] for name, what in exc.errors.items()}
        else:
            if missing := self._missing(reply):
                errors["attachment"] = [missing]
            if replies.is_blank(reply):
                errors["text"] = [NOTHING]
            wish["reply"] = reply
        if errors:
            raise serializers.ValidationError(errors)
        return wish

    def _missing(self, reply: Reply) -> str:
        media = reply.attachment.media if reply.attachment else ""
        if not media or KeptFile.objects.for_team(team_of(self.context["request"])).filter(pk=media).exists():
            return ""
        return f"There is no file {media} here. Upload it first, at media/."

    def validate_channel(self, channel: Channel) -> Channel:
        if not channel.is_active:
            raise serializers.ValidationError("This channel is switched off. Switch it on to send from its number.")
        return channel

    def validate_to(self, to: str) -> Any:
        try:
            return address_of(to)
        except ValueError as exc:
            raise serializers.ValidationError(str(exc)) from exc
