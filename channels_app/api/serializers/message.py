"""Conversations and messages, as the API shows them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from channels_app.media import links
from channels_app.models import Conversation, Message

TOLD_OF_FILES = ("id", "name", "mime_type", "size", "sha256", "note", "error")


class ConversationSerializer(serializers.ModelSerializer[Conversation]):
    channel = serializers.UUIDField(source="channel_id", read_only=True)
    participant = serializers.CharField(source="participant.handle", read_only=True, help_text="wa_id, or user id")
    name = serializers.CharField(source="participant.name", read_only=True)
    wants_messages = serializers.BooleanField(
        source="participant.wants_messages", read_only=True, help_text="False: they wrote STOP."
    )
    wants_marketing = serializers.BooleanField(source="participant.wants_marketing", read_only=True)

    class Meta:
        model = Conversation
        fields = (
            "id",
            "channel",
            "participant",
            "name",
            "service_window_expires_at",
            "last_message_at",
            "waiting_since",
            "waiting_why",
            "paused_until",
            "wants_messages",
            "wants_marketing",
            "blocked_at",
        )
        read_only_fields = fields


class ErrorSerializer(serializers.Serializer[Any]):
    """What went wrong: Meta's code, what it means, and what to do about it."""

    code = serializers.IntegerField()
    title = serializers.CharField()
    detail = serializers.CharField()
    advice = serializers.CharField()


class MessageSerializer(serializers.ModelSerializer[Message]):
    channel = serializers.UUIDField(source="channel_id", read_only=True)
    conversation = serializers.UUIDField(source="conversation_id", read_only=True, allow_null=True)
    transcript = serializers.CharField(
        read_only=True,
        help_text="What a voice note of theirs says, where it was transcribed; `text` says so, too.",
    )
    sent_as = serializers.SerializerMethodField()
    wamid = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    attachments = serializers.SerializerMethodField(
        help_text="Files: `name`, `mime_type`, `size`, `sha256`, a `url` for five minutes, and a `note`; or an `error`."
    )
    usage = serializers.DictField(
        child=serializers.IntegerField(), read_only=True, allow_null=True, help_text="Tokens that this answer took."
    )

    class Meta:
        model = Message
        fields = (
            "id",
            "channel",
            "conversation",
            "direction",
            "type",
            "text",
            "transcript",
            "sent_as",
            "status",
            "wamid",
            "error",
            "attachments",
            "usage",
            "unconfirmed",
            "created_at",
        )
        read_only_fields = fields

    def get_sent_as(self, message: Message) -> str | None:
        return message.sent_as or None

    def get_wamid(self, message: Message) -> str | None:
        return message.wamid or None

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_attachments(self, message: Message) -> list[dict[str, Any]]:
        return [_attachment(entry) for entry in message.attachments]

    @extend_schema_field(ErrorSerializer(allow_null=True))
    def get_error(self, message: Message) -> Any:
        return message.error


def _attachment(entry: dict[str, Any]) -> dict[str, Any]:
    """A file as a program may know it: not where we keep it, but how to get it."""
    told = {name: entry[name] for name in TOLD_OF_FILES if entry.get(name)}
    return {**told, "url": links.link(entry["id"])} if entry.get("id") else told
