"""Messages that carry a file, and the files in the headers of others.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/image-messages
"""

from collections.abc import Collection

from channels_app import clock
from channels_app.simulator.graph import media_types, refusals, refusals_of_messages
from channels_app.simulator.graph.contents.said import Json, Recipient, Said, id_of, link, objects, only, optional
from channels_app.simulator.models import SimulatedMedia

CAPTION_LIMIT = 1024
FILENAME_LIMIT = 240


def image(to: Recipient, body: Json) -> Said:
    return _said(to, body, "image", ("caption",))


def video(to: Recipient, body: Json) -> Said:
    return _said(to, body, "video", ("caption",))


def document(to: Recipient, body: Json) -> Said:
    return _said(to, body, "document", ("caption", "filename"))


def sticker(to: Recipient, body: Json) -> Said:
    return _said(to, body, "sticker", ())


def audio(to: Recipient, body: Json) -> Said:
    """With `voice` it is a voice note, which only Ogg with Opus can be."""
    said = _said(to, body, "audio", ("voice",))
    found = said.content["audio"]
    if not isinstance(found.get("voice", False), bool):
        raise refusals.wrong("audio['voice']", "a boolean.")
    if found.get("voice") and id_of(found):
        media = SimulatedMedia.objects.get(media_id=id_of(found))
        if media.mime_type != media_types.OPUS:
            raise refusals_of_messages.bad_media("A voice message must be of the type audio/ogg with the OPUS codec.")
    return said


def check_file(to: Recipient, found: Json, kind: str, more: Collection[str], parameter: str) -> None:
    """Whether `found` names one file that may be sent as `kind`. Raises `Refusal`."""
    only(found, ("id", "link", *more), parameter)
    address, media_id = link(found, "link", f"{parameter}['link']"), id_of(found)
    if not address and not media_id:
        raise refusals_of_messages.missing(f"One of {parameter}['id'] and {parameter}['link'] is required.")
    if address and media_id:
        raise refusals_of_messages.bad_value(f"Only one of {parameter}['id'] and {parameter}['link'] is allowed.")
    if media_id:
        _check_kind(to, media_id, kind, parameter)


def _said(to: Recipient, body: Json, kind: str, more: Collection[str]) -> Said:
    found = objects(body[kind], kind)
    check_file(to, found, kind, more, kind)
    optional(found, "filename", f"{kind}['filename']", FILENAME_LIMIT)
    caption = optional(found, "caption", f"{kind}['caption']", CAPTION_LIMIT)
    return Said(type=kind, text=caption, content={kind: found})


def _check_kind(to: Recipient, media_id: str, kind: str, parameter: str) -> None:
    own = SimulatedMedia.objects.filter(number=to.number, expires_at__gt=clock.now())
    media = own.filter(media_id=media_id).first()
    if media is None:
        raise refusals_of_messages.no_such_media(f"{parameter}['id']")
    if media_types.normal(media.mime_type) not in media_types.KINDS[kind]:
        raise refusals_of_messages.bad_media(f"A file of the type {media.mime_type} cannot be sent as {kind}.")
    if media.size > media_types.LARGEST[kind]:
        raise refusals_of_messages.bad_media(f"The file is larger than {media_types.LARGEST[kind]} bytes.")
