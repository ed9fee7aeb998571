"""Kinds: as what WhatsApp takes a file, and how large it may be.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

from collections.abc import Mapping

from channels_app.bots.contract import AttachmentType
from channels_app.media import sniffing
from channels_app.media.sniffing import Look

MEGABYTE = 1024 * 1024
IMAGES = frozenset({"image/jpeg", "image/png"})
VIDEOS = frozenset({"video/mp4", "video/3gpp"})
SOUNDS = frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", sniffing.OPUS})
DOCUMENTS = frozenset(
    {
        *(sniffing.TEXT, "application/pdf"),
        *(sniffing.DOC, sniffing.XLS, sniffing.PPT, sniffing.DOCX, sniffing.XLSX, sniffing.PPTX),
    }
)
WEBP = "image/webp"
LARGEST: Mapping[AttachmentType, int] = {
    "image": 5 * MEGABYTE,
    "video": 16 * MEGABYTE,
    "audio": 16 * MEGABYTE,
    "document": 100 * MEGABYTE,
    "sticker": 100 * 1024,
}
ANIMATED_STICKER = 500 * 1024
PLURALS: Mapping[AttachmentType, str] = {
    "image": "pictures",
    "video": "videos",
    "audio": "sounds",
    "document": "documents",
    "sticker": "stickers",
}


def kind_of(mime_type: str, seen: Look, wished: AttachmentType | None) -> AttachmentType | None:
    """As what a file of this type goes; `None` where WhatsApp takes it as nothing. A sticker is one by wish alone."""
    if mime_type in IMAGES:
        return "image"
    if mime_type in VIDEOS:
        return "video"
    if mime_type in SOUNDS:
        return "audio" if mime_type != sniffing.OPUS or sniffing.is_mono(seen.head) else None
    if mime_type in DOCUMENTS:
        return "document"
    return "sticker" if mime_type == WEBP and wished == "sticker" else None


def largest(kind: AttachmentType, seen: Look) -> int:
    """How many bytes a file of this kind may have."""
    if kind == "sticker" and sniffing.is_animated_webp(seen.head):
        return ANIMATED_STICKER
    return LARGEST[kind]


def readable(size: int) -> str:
    """A number of bytes as people say it, never less than it is."""
    if size < MEGABYTE:
        return f"{-(-size // 1024)} KB"
    return f"{-(-size * 10 // MEGABYTE) / 10:g} MB"
