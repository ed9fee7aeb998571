"""Summing up: a message in one line, for a list and for whoever quotes it."""

from django.utils.translation import gettext as _

from channels_app.formatting import plain
from channels_app.models import Message
from channels_app.outbound.files import VOICE_NOTE_NAME

LONGEST = 160


def in_short(message: Message) -> str:
    """The words of it on one line, without marks; what it is where it has none."""
    if message.content.get("revoked"):
        return _("This message was deleted")
    text = (message.transcript or caption_of(message)) if is_file(message) else message.text
    shown = " ".join(plain(text[: 2 * LONGEST]).split())[:LONGEST]
    return shown or kind_of(message)


def is_file(message: Message) -> bool:
    return message.type in ("image", "video", "audio", "document", "sticker")


def is_voice(message: Message) -> bool:
    """Whether it was recorded to be heard: by them, by a member of the team, or by what speaks for the bot."""
    named = any(kept.get("name") == VOICE_NOTE_NAME for kept in message.attachments)
    return message.content.get("type") == "voice" or named or message.sent_as == "voice"


def caption_of(message: Message) -> str:
    """What was written below a file."""
    content = message.content
    if "caption" in content:
        caption = str(content["caption"])
        return "" if caption == content.get("filename") else caption
    return message.text if "attachment" in content else ""


def kind_of(message: Message) -> str:
    """What sort of message it is, for people."""
    match message.type:
        case "image":
            return _("Photo")
        case "video":
            return _("Video")
        case "audio":
            return _("Voice message") if is_voice(message) else _("Audio")
        case "document":
            return name_of(message) or _("Document")
        case "sticker":
            return _("Sticker")
        case "location":
            return _("Location")
        case "contacts":
            return _("Contact")
        case "template":
            return _("Template")
        case "unsupported":
            return _("A message that WhatsApp does not hand over")
        case _:
            return _("Message")


def name_of(message: Message) -> str:
    """The name of the file that it carries."""
    content = message.content
    named = content.get("filename") or content.get("attachment", {}).get("filename")
    kept = message.attachments[0] if message.attachments else {}
    return str(named or kept.get("name") or "")
