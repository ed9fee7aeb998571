"""Files that are sent: what they are shown as, and what they are called.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from channels_app.bots.contract import Attachment, AttachmentType
from channels_app.media import names

CAPTION = 1024
OPUS = "audio/ogg; codecs=opus"
CAPTIONED: frozenset[AttachmentType] = frozenset({"image", "video", "document"})
VOICE_NOTE_NAME = "voice-note.ogg"
"""What a sound is called that somebody recorded to be heard at once, and not to be kept as a file."""
ENDINGS: Mapping[AttachmentType, tuple[str, ...]] = {
    "image": (".jpg", ".jpeg", ".png"),
    "video": (".mp4", ".3gp"),
    "audio": (".aac", ".amr", ".mp3", ".m4a", ".ogg", ".opus"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file that is kept here under the name `file`. `type` is as what WhatsApp takes it, `None` where it does not.

    `link` leads to it, "" where nothing does.
    """

    type: AttachmentType | None
    file: str
    mime_type: str
    name: str
    sha256: str
    link: str

    @property
    def is_voice_note(self) -> bool:
        return self.type == "audio" and self.name == VOICE_NOTE_NAME and self.mime_type == OPUS


def type_of(attachment: Attachment) -> AttachmentType:
    """As what it is shown: what the bot says, or else what its ending says; what is not known is a document."""
    if attachment.type:
        return attachment.type
    ending = PurePosixPath(name_of(attachment).lower()).suffix
    return next((kind for kind, endings in ENDINGS.items() if ending in endings), "document")


def name_of(attachment: Attachment) -> str:
    """The name it is shown under: its own, or else the end of its address."""
    if attachment.filename:
        return names.clean(attachment.filename)
    try:
        parts = urlsplit(attachment.url)
    except ValueError:
        return ""
    last = unquote(PurePosixPath(parts.path).name)
    return names.clean(last) or parts.netloc[: names.LONGEST]
