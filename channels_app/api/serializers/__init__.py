"""What the API shows and takes: one module for each kind of thing."""

from channels_app.api.serializers.ai_provider import AiProviderSerializer
from channels_app.api.serializers.channel import ChannelSerializer
from channels_app.api.serializers.chatbot import ChatbotSerializer
from channels_app.api.serializers.media import MediaSerializer, UploadSerializer
from channels_app.api.serializers.message import ConversationSerializer, MessageSerializer
from channels_app.api.serializers.provider import AccessSerializer, ProviderSerializer, RemedySerializer
from channels_app.api.serializers.sending import NOTHING, SendingSerializer

__all__ = [
    "NOTHING",
    "AccessSerializer",
    "AiProviderSerializer",
    "ChannelSerializer",
    "ChatbotSerializer",
    "ConversationSerializer",
    "MediaSerializer",
    "MessageSerializer",
    "ProviderSerializer",
    "RemedySerializer",
    "SendingSerializer",
    "UploadSerializer",
]
