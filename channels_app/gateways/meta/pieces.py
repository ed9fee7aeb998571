"""JSON in pieces: opened level by level, so that one odd piece costs no other, and each keeps the bytes it came in."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

Head = TypeVar("Head", bound=msgspec.Struct)

LONGEST_WORD = 255
DEEPEST = 50
NUL = b"\\u0000"

_raw = msgspec.json.Decoder(Raw)
_members = msgspec.json.Decoder(dict[str, Raw])
_items = msgspec.json.Decoder(list[Raw])
_value = msgspec.json.Decoder()
_sorted = msgspec.json.Encoder(order="sorted")


class Odd(Exception):
    """A piece is not what stands in its place otherwise; says what is wrong with it."""


def tree(body: bytes) -> Any:
    """All of `body` as one piece; what msgspec refuses, a lone surrogate or a NaN, as the patient `json` reads it.

    Raises ValueError where it is no JSON, and RecursionError where it is nested too deeply.
    """
    try:
        return _raw.decode(body)
    except msgspec.DecodeError:
        return json.loads(body)


def members(piece: Any) -> Mapping[str, Any]:
    """The members of an object, each a piece. Raises `Odd`."""
    if isinstance(piece, Raw):
        try:
            return _members.decode(piece)
        except ValueError:
            piece = _patiently(piece)
    if not isinstance(piece, dict):
        raise Odd("It is no object")
    return piece


def items(piece: Any) -> Sequence[Any]:
    """The items of a list, each a piece. Raises `Odd`."""
    if isinstance(piece, Raw):
        try:
            return _items.decode(piece)
        except ValueError:
            piece = _patiently(piece)
    if not isinstance(piece, list):
        raise Odd("It is no list")
    return piece


def head(piece: Any, decoder: msgspec.json.Decoder[Head]) -> Head:
    """The members of an object that `decoder` asks for, whatever the others are. Raises `Odd`."""
    if isinstance(piece, Raw):
        try:
            return decoder.decode(piece)
        except ValueError:
            piece = _patiently(piece)
    if not isinstance(piece, dict):
        raise Odd("It is no object")
    found: Head = msgspec.convert(piece, decoder.type)
    return found


def is_list(piece: Any) -> bool:
    return memoryview(piece)[0] == ord("[") if isinstance(piece, Raw) else isinstance(piece, list)


def is_null(piece: Any) -> bool:
    return memoryview(piece)[0] == ord("n") if isinstance(piece, Raw) else piece is None


def as_came(piece: Any) -> bytes:
    """The very bytes of a piece; those of an equal one where only the patient `json` could read the body."""
    return bytes(piece) if isinstance(piece, Raw) else json.dumps(piece).encode()


def ordered(piece: Any) -> bytes:
    """Bytes that are the same for each way of writing the same piece down."""
    if not isinstance(piece, Raw):
        written = json.dumps(piece, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return written.encode(errors="surrogatepass")
    try:
        return _sorted.encode(_value.decode(piece))
    except ValueError:
        return bytes(piece)


def word(piece: Any) -> str:
    """An id, a type or a time, written as text or as a number; "" for anything that is none of these.

    Nothing that a database column could refuse: at most 255 characters, all of them printable.
    """
    if isinstance(piece, Raw):
        try:
            piece = _value.decode(piece)
        except ValueError:
            return ""
    if isinstance(piece, str):
        return piece if len(piece) <= LONGEST_WORD and piece.isprintable() else ""
    if isinstance(piece, int) and not isinstance(piece, bool) and piece.bit_length() <= 64:
        return str(piece)
    return ""


def value(raw: bytes) -> Any:
    """A whole piece as values that every database column takes.

    Without NUL, lone surrogates (U+FFFD stands for them) and numbers without bounds (None does). Raises `Odd`.
    """
    try:
        try:
            found = _value.decode(raw)
        except ValueError:
            found = _fit(_patiently(raw))
        else:
            found = _fit(found) if NUL in raw else found
    except RecursionError as exc:
        raise Odd("It is nested too deeply") from exc
    if raw.count(b"{") + raw.count(b"[") > DEEPEST and _is_deep(found):
        raise Odd("It is nested too deeply")
    return found


def _is_deep(found: Any) -> bool:
    level = [found]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
    return bool(level)


def _inside(found: Any) -> Iterable[Any]:
    if isinstance(found, dict):
        return found.values()
    return found if isinstance(found, list) else ()


def _fit(found: Any) -> Any:
    if isinstance(found, str):
        return found.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(found, float):
        return found if math.isfinite(found) else None
    if isinstance(found, list):
        return [_fit(item) for item in found]
    if isinstance(found, dict):
        return {_fit(name): _fit(item) for name, item in found.items()}
    return found


def _patiently(piece: Raw | bytes) -> Any:
    try:
        return json.loads(bytes(piece))
    except ValueError as exc:
        raise Odd("It cannot be read") from exc
