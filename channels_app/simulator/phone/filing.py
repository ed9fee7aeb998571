"""Files that a person sends: what each is sent as, and where our Graph finds it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.core.files.base import ContentFile, File
from django.template.defaultfilters import filesizeformat

from channels_app.simulator.graph import media, media_types
from channels_app.simulator.models import SimulatedChat, SimulatedMedia, SimulatedMessage
from channels_app.simulator.phone import opus, sniffing
from channels_app.simulator.phone.telling import Json, NotSent, tell, words

Wish = Literal["photo", "document", "sticker", "voice"]
WISHES: Mapping[str, Wish] = {"photo": "photo", "document": "document", "sticker": "sticker", "voice": "voice"}

CAPTION = 1024
PHOTOS, VIDEOS = media_types.KINDS["image"], media_types.KINDS["video"]
SOUNDS = media_types.KINDS["audio"] | {"audio/ogg"}
LARGEST = media_types.LARGEST
CAPTIONED = ("image", "video", "document")
NAMES: Mapping[str, str] = {"image": "a photo", "video": "a video", "audio": "a sound", "sticker": "a sticker"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A file with the type of message that it becomes; `voice` is one that was spoken for this chat."""

    kind: str
    mime_type: str
    file: "File[bytes]"
    voice: bool = False
    animated: bool = False


def send(
    chat: SimulatedChat,
    upload: "File[bytes]",
    wish: Wish,
    *,
    told: str = "",
    caption: str = "",
    quoted: SimulatedMessage | None = None,
) -> None:
    """Send `upload`, whose MIME type the browser `told`, in the way that is wished. Raises `NotSent`."""
    parcel = _pack(upload, wish, told)
    if not parcel.file.size:
        raise NotSent("That file is empty.")
    if parcel.file.size > (most := LARGEST[parcel.kind]):
        raise NotSent(
            f"That file is too large: {filesizeformat(most)} is the most for {NAMES.get(parcel.kind, 'a file')}."
        )
    caption = words(caption, CAPTION) if parcel.kind in CAPTIONED else ""
    kept = media.keep(chat.number, parcel.file, parcel.mime_type, upload.name or "", media.RECEIVED_FOR)
    tell(chat, parcel.kind, _content(parcel, kept, caption), caption, quoted=quoted)


def _content(parcel: Parcel, kept: SimulatedMedia, caption: str) -> Json:
    """As Meta's webhooks tell of a file: its digest is in base64 there."""
    content: dict[str, object] = {
        "mime_type": kept.mime_type,
        "sha256": b64encode(bytes.fromhex(kept.sha256)).decode(),
        "id": kept.media_id,
        "url": f"{media.link(kept)}&source=webhook",
    }
    match parcel.kind:
        case "audio":
            content["voice"] = parcel.voice
        case "sticker":
            content["animated"] = parcel.animated
        case "document":
            content["filename"] = kept.filename or "file"
        case _:
            pass
    return content | ({"caption": caption} if caption else {})


def _pack(upload: "File[bytes]", wish: Wish, told: str) -> Parcel:
    beginning = upload.read(media_types.HEAD)
    upload.seek(0)
    mime_type = sniffing.mime_type(beginning, told)
    match wish:
        case "photo" if mime_type in PHOTOS:
            if media_types.complaint(mime_type, beginning) == media_types.UNREADABLE:
                raise NotSent("That picture cannot be read.")
            return Parcel(kind="image", mime_type=mime_type, file=upload)
        case "photo" if mime_type in VIDEOS:
            return Parcel(kind="video", mime_type=mime_type, file=upload)
        case "photo":
            raise NotSent("Photos are JPEG or PNG and videos MP4 or 3GP here. Send it as a document.")
        case "sticker" if mime_type == "image/webp":
            animated = sniffing.is_animated(beginning)
            return Parcel(kind="sticker", mime_type=mime_type, file=upload, animated=animated)
        case "sticker":
            raise NotSent("A sticker is a WebP file.")
        case "voice":
            return _voice(upload, mime_type)
        case _:
            return Parcel(kind="document", mime_type=mime_type, file=upload)


def _voice(upload: "File[bytes]", mime_type: str) -> Parcel:
    """Opus is a voice note, what else sounds is an audio file that was attached."""
    if mime_type == "video/webm" and (upload.size or 0) <= LARGEST["audio"]:
        try:
            wrapped = ContentFile(opus.as_ogg(upload.read()))
        except opus.NoOpus:
            raise NotSent("That recording cannot be read.") from None
        return Parcel(kind="audio", mime_type=media_types.OPUS, file=wrapped, voice=True)
    if mime_type not in SOUNDS:
        raise NotSent("That is no sound that can be sent: Ogg, MP3, M4A, AAC and AMR are.")
    return Parcel(kind="audio", mime_type=mime_type, file=upload, voice=mime_type == media_types.OPUS)
