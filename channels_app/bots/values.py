"""What the fields of a reply are read with: texts, lists and objects of JSON, or what is wrong with them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import regex

from channels_app.phrases import filled
from channels_app.phrases import marked as _

Part = TypeVar("Part")
Object = Mapping[str, Any]

LONGEST_TEXT = 1_000_000
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


def each(value: object, read: Callable[[object], Part]) -> tuple[Part, ...]:
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
            raise Wrong(filled(_("Number %(number)d: %(what)s"), number=number, what=exc.args[0])) from exc


def inner(found: Object, name: str, read: Callable[[object], Part]) -> tuple[Part, ...]:
    try:
        return each(found.get(name) or [], read)
    except Wrong as exc:
        raise Wrong(f"`{name}`: {exc}") from exc


def object_of(value: object, known: Collection[str], example: str) -> Object:
    if not isinstance(value, Mapping):
        raise Wrong(f"This is an object, such as {example}.")
    if strange := [str(name) for name in value if name not in known]:
        raise Wrong(f"`{strange[0][:40]}` is unknown here. It may have: {', '.join(known)}.")
    return value


def optional(found: Object, name: str) -> str:
    """A line, or a number as one; "" where there is none."""
    value = plain(found.get(name))
    try:
        return "" if value is None else line(value)
    except Wrong as exc:
        raise Wrong(f"`{name}`: {exc}") from exc


def word(value: object) -> str:
    found = line(value)
    if not found:
        raise Wrong("This is empty.")
    return found


def words(value: object) -> str:
    """A text of one line or several."""
    if not text(value).strip():
        raise Wrong("This is empty.")
    return text(value)


def plain(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
