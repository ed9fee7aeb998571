"""The fields of a reply, read from JSON one by one: each gives a value of the contract, or says what is wrong."""

import math
from collections.abc import Mapping
from typing import cast, get_args
from uuid import UUID

from channels_app.bots import values
from channels_app.bots.contract import (
    Attachment,
    AttachmentType,
    Choice,
    Contact,
    Link,
    Phone,
    Place,
    Request,
    Template,
)
from channels_app.bots.values import Object, Wrong
from channels_app.phrases import marked as _

LONGEST_ADDRESS = 2000
LONGEST_IN_WORDS = 4000
"""What still fits one message: an address behind no button stands in the text."""


def choices(value: object) -> tuple[Choice, ...]:
    """Objects, or titles alone. Without an `id` a choice goes by its title."""
    return values.each(value, choice)


def link(value: object) -> Link:
    found = values.object_of(value, ("url", "title"), '{"url": "https://…", "title": "Open"}')
    return Link(url=_address(found.get("url"), LONGEST_IN_WORDS), title=values.optional(found, "title"))


def attachment(value: object) -> Attachment:
    found = values.object_of(value, ("url", "media", "type", "filename"), '{"url": "https://…"}')
    type_ = found.get("type")
    if type_ is not None and type_ not in get_args(AttachmentType):
        raise Wrong(f"`type` is one of: {', '.join(get_args(AttachmentType))}.")
    name, media = values.optional(found, "filename"), found.get("media")
    if media is None:
        return Attachment(url=_address(found.get("url")), type=type_, filename=name)
    if found.get("url") is not None:
        raise Wrong("A file has an address or an id: leave out `url`, or `media`.")
    return Attachment(media=_media(media), type=type_, filename=name)


def place(value: object) -> Place:
    known = ("latitude", "longitude", "name", "address")
    found = values.object_of(value, known, '{"latitude": -33.92, "longitude": 18.42}')
    return Place(
        latitude=_degrees(found, "latitude", 90),
        longitude=_degrees(found, "longitude", 180),
        name=values.optional(found, "name"),
        address=values.optional(found, "address"),
    )


def contacts(value: object) -> tuple[Contact, ...]:
    return values.each(value, _contact)


def request(value: object) -> Request:
    if value not in get_args(Request):
        raise Wrong(f"This is one of: {', '.join(get_args(Request))}.")
    return cast(Request, value)


def reaction(value: object) -> str:
    """One emoji, or nothing, which takes an earlier reaction back."""
    emoji = values.text(value).strip()
    if emoji and not values.is_emoji(emoji):
        raise Wrong("This is one emoji, or empty to take a reaction back.")
    return emoji


def template(value: object) -> Template:
    found = values.object_of(value, ("name", "language", "parameters"), '{"name": "new_bot_message"}')
    name = values.optional(found, "name")
    if not name:
        raise Wrong("`name` is needed: which template is it?")
    return Template(
        name=name, language=values.optional(found, "language"), parameters=_parameters(found.get("parameters"))
    )


def choice(value: object) -> Choice:
    if isinstance(value, str):
        value = {"title": value}
    found = values.object_of(value, ("id", "title", "description"), '{"id": "yes", "title": "Yes"}')
    title = values.optional(found, "title")
    if values.UNSEEN.fullmatch(title):
        raise Wrong(_("`title` is needed: the words to choose."))
    return Choice(
        id=values.optional(found, "id") or title, title=title, description=values.optional(found, "description")
    )


def _contact(value: object) -> Contact:
    known = ("name", "phones", "emails", "urls", "organisation")
    found = values.object_of(value, known, '{"name": "Sipho Dube", "phones": ["+27 82 555 0100"]}')
    name = values.optional(found, "name")
    if not name:
        raise Wrong("`name` is needed.")
    return Contact(
        name=name,
        phones=values.inner(found, "phones", _phone),
        emails=values.inner(found, "emails", values.word),
        urls=values.inner(found, "urls", values.word),
        organisation=values.optional(found, "organisation"),
    )


def _phone(value: object) -> Phone:
    if isinstance(value, str):
        value = {"number": value}
    found = values.object_of(value, ("number", "wa_id"), '"+27 82 555 0100"')
    return Phone(number=values.word(found.get("number")), wa_id=values.optional(found, "wa_id"))


def _parameters(value: object) -> Mapping[str, str] | tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return {str(name): values.words(values.plain(given)) for name, given in value.items()}
    if isinstance(value, list | tuple):
        return tuple(values.words(values.plain(given)) for given in value)
    raise Wrong("`parameters` is an object by name, or a list in order.")


def _address(value: object, longest: int = LONGEST_ADDRESS) -> str:
    if not isinstance(value, str) or not values.is_address(value.strip()):
        raise Wrong("`url` is needed: a whole address on the web, such as https://example.org/dates.")
    if len(value.strip()) > longest:
        raise Wrong(f"`url` is longer than {longest} characters. Use a shorter address.")
    return value.strip()


def _media(value: object) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise Wrong("`media` is the id of a file that was uploaded here.") from None


def _degrees(found: Object, name: str, most: int) -> float:
    value = values.plain(found.get(name))
    try:
        degrees = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        degrees = math.nan
    if not -most <= degrees <= most:
        raise Wrong(f"`{name}` is a number of degrees from -{most} to {most}.")
    return degrees
