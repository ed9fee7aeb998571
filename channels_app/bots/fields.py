"""The fields of a reply, read from JSON one by one: each gives a value of the contract, or says what is wrong."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar, cast, get_args
from urllib.parse import urlsplit
from uuid import UUID

import regex

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

Part = TypeVar("Part")
Object = Mapping[str, Any]

LONGEST_TEXT = 1_000_000
LONGEST_ADDRESS = 2000
LONGEST_IN_WORDS = 4000
"""What still fits one message: an address behind no button stands in the text."""
MOST_PARTS = 1000
EMOJI = regex.compile(r"(?=\X\Z)(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3)\X*")
UNSEEN = regex.compile(r"[\p{C}\p{Z}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]*")


class Wrong(ValueError):
    """What is wrong with a field, and what to write instead."""


def text(value: object) -> str:
    """Without the character with the number 0, which nobody can show, or keep."""
    if not isinstance(value, str):
        raise Wrong("This is a text.")
    if len(value) > LONGEST_TEXT:
        raise Wrong(f"This is longer than {LONGEST_TEXT} characters. Send it in parts, or as a file.")
    return value.replace("\0", "")


def line(value: object) -> str:
    """A text on one line, single spaces in it."""
    return " ".join(text(value).split())


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong("This is true or false.")
    return value


def choices(value: object) -> tuple[Choice, ...]:
    """Objects, or titles alone. Without an `id` a choice goes by its title."""
    return _each(value, _choice)


def link(value: object) -> Link:
    found = _object(value, ("url", "title"), '{"url": "https://…", "title": "Open"}')
    return Link(url=_address(found.get("url"), LONGEST_IN_WORDS), title=_optional(found, "title"))


def attachment(value: object) -> Attachment:
    found = _object(value, ("url", "media", "type", "filename"), '{"url": "https://…"}')
    type_ = found.get("type")
    if type_ is not None and type_ not in get_args(AttachmentType):
        raise Wrong(f"`type` is one of: {', '.join(get_args(AttachmentType))}.")
    name, media = _optional(found, "filename"), found.get("media")
    if media is None:
        return Attachment(url=_address(found.get("url")), type=type_, filename=name)
    if found.get("url") is not None:
        raise Wrong("A file has an address or an id: leave out `url`, or `media`.")
    return Attachment(media=_media(media), type=type_, filename=name)


def place(value: object) -> Place:
    known = ("latitude", "longitude", "name", "address")
    found = _object(value, known, '{"latitude": -33.92, "longitude": 18.42}')
    return Place(
        latitude=_degrees(found, "latitude", 90),
        longitude=_degrees(found, "longitude", 180),
        name=_optional(found, "name"),
        address=_optional(found, "address"),
    )


def contacts(value: object) -> tuple[Contact, ...]:
    return _each(value, _contact)


def request(value: object) -> Request:
    if value not in get_args(Request):
        raise Wrong(f"This is one of: {', '.join(get_args(Request))}.")
    return cast(Request, value)


def reaction(value: object) -> str:
    """One emoji, or nothing, which takes an earlier reaction back."""
    emoji = text(value).strip()
    if emoji and not is_emoji(emoji):
        raise Wrong("This is one emoji, or empty to take a reaction back.")
    return emoji


def template(value: object) -> Template:
    found = _object(value, ("name", "language", "parameters"), '{"name": "new_bot_message"}')
    name = _optional(found, "name")
    if not name:
        raise Wrong("`name` is needed: which template is it?")
    return Template(name=name, language=_optional(found, "language"), parameters=_parameters(found.get("parameters")))


def is_emoji(value: str) -> bool:
    return EMOJI.fullmatch(value) is not None


def is_address(value: str) -> bool:
    """Whether `value` is an address on the web that a button may lead to, and that Meta may fetch from."""
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and value.isprintable() and not any(map(str.isspace, value))


def _choice(value: object) -> Choice:
    if isinstance(value, str):
        value = {"title": value}
    found = _object(value, ("id", "title", "description"), '{"id": "yes", "title": "Yes"}')
    title = _optional(found, "title")
    if UNSEEN.fullmatch(title):
        raise Wrong("`title` is needed: the words to choose.")
    return Choice(id=_optional(found, "id") or title, title=title, description=_optional(found, "description"))


def _contact(value: object) -> Contact:
    known = ("name", "phones", "emails", "urls", "organisation")
    found = _object(value, known, '{"name": "Sipho Dube", "phones": ["+27 82 555 0100"]}')
    name = _optional(found, "name")
    if not name:
        raise Wrong("`name` is needed.")
    return Contact(
        name=name,
        phones=_inner(found, "phones", _phone),
        emails=_inner(found, "emails", _word),
        urls=_inner(found, "urls", _word),
        organisation=_optional(found, "organisation"),
    )


def _phone(value: object) -> Phone:
    if isinstance(value, str):
        value = {"number": value}
    found = _object(value, ("number", "wa_id"), '"+27 82 555 0100"')
    return Phone(number=_word(found.get("number")), wa_id=_optional(found, "wa_id"))


def _parameters(value: object) -> Mapping[str, str] | tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return {str(name): _words(_plain(given)) for name, given in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_words(_plain(given)) for given in value)
    raise Wrong("`parameters` is an object by name, or a list in order.")


def _each(value: object, read: Callable[[object], Part]) -> tuple[Part, ...]:
    """A list of parts. A complaint says which of them is wrong, counted from 1."""
    if not isinstance(value, list | tuple):
        raise Wrong("This is a list.")
    if len(value) > MOST_PARTS:
        raise Wrong(f"These are too many: at most {MOST_PARTS}.")
    return tuple(_numbered(value, read))


def _numbered(values: Iterable[object], read: Callable[[object], Part]) -> Iterable[Part]:
    for number, each in enumerate(values, start=1):
        try:
            yield read(each)
        except Wrong as exc:
            raise Wrong(f"Number {number}: {exc}") from exc


def _inner(found: Object, name: str, read: Callable[[object], Part]) -> tuple[Part, ...]:
    try:
        return _each(found.get(name) or [], read)
    except Wrong as exc:
        raise Wrong(f"`{name}`: {exc}") from exc


def _object(value: object, known: Collection[str], example: str) -> Object:
    if not isinstance(value, Mapping):
        raise Wrong(f"This is an object, such as {example}.")
    if strange := [str(name) for name in value if name not in known]:
        raise Wrong(f"`{strange[0][:40]}` is unknown here. It may have: {', '.join(known)}.")
    return value


def _optional(found: Object, name: str) -> str:
    """A line, or a number as one; "" where there is none."""
    value = _plain(found.get(name))
    try:
        return "" if value is None else line(value)
    except Wrong as exc:
        raise Wrong(f"`{name}`: {exc}") from exc


def _word(value: object) -> str:
    found = line(value)
    if not found:
        raise Wrong("This is empty.")
    return found


def _words(value: object) -> str:
    """A text of one line or several."""
    if not text(value).strip():
        raise Wrong("This is empty.")
    return text(value)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _address(value: object, longest: int = LONGEST_ADDRESS) -> str:
    if not isinstance(value, str) or not is_address(value.strip()):
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
    value = _plain(found.get(name))
    try:
        degrees = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        degrees = math.nan
    if not -most <= degrees <= most:
        raise Wrong(f"`{name}` is a number of degrees from -{most} to {most}.")
    return degrees
