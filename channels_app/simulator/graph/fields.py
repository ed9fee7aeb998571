"""The fields a call asks for, and the pages of a list."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from channels_app.simulator.graph import refusals

DEFAULT_PAGE, LARGEST_PAGE = 25, 100
LONGEST = 2000
SECRET = ("access_token", "appsecret_proof", "input_token")

FIELD = re.compile(r"([^,{}]+)(?:\{([^{}]*)\})?")
"""A field that is asked for, and in braces those of it."""
LIST = re.compile(rf",*(?:{FIELD.pattern}(?:,+{FIELD.pattern})*)?,*")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a node is: its name at Meta, the fields that come unasked, and those that it may have and has not."""

    name: str
    basics: Sequence[str]
    unset: frozenset[str] = frozenset()


def chosen(node: Json, query: Mapping[str, str], kind: Kind) -> dict[str, Any]:
    """The fields of `node` that were asked for, or else the basic ones; one it cannot have fails the whole call.

    What is not set is left out. Of a field with others in braces, those alone are told.
    """
    listed, found = "".join(query.get("fields", "").split()), dict[str, Any]()
    if not LIST.fullmatch(listed):
        raise refusals.unknown_field(listed, kind.name)
    asked = FIELD.findall(listed)
    for name, part in [*(asked or [(basic, "") for basic in kind.basics]), ("id", "")]:
        if name in node:
            found[name] = _part_of(node[name], part)
        elif name not in kind.unset:
            raise refusals.unknown_field(name, kind.name)
    return found


def page(items: Sequence[Json], query: Mapping[str, str], url: str) -> dict[str, Any]:
    """One page of `items`, with the address of the next where there is one. Raises `Refusal`."""
    start, limit = _offset(query.get("after", "")), _limit(query.get("limit", ""))
    found = items[start : start + limit]
    if not found:
        return {"data": []}
    end = start + len(found)
    paging: dict[str, Any] = {"cursors": {"before": _cursor(start), "after": _cursor(end)}}
    if end < len(items):
        kept = {name: value for name, value in query.items() if name not in SECRET}
        paging["next"] = f"{url}?{urlencode(kept | {'after': _cursor(end)})}"
    return {"data": list(found), "paging": paging}


def _part_of(value: object, wanted: str) -> object:
    names = [name for name in wanted.split(",") if name]
    if not names or not isinstance(value, dict):
        return value
    return {name: value[name] for name in names if name in value}


def _limit(value: str) -> int:
    if not value:
        return DEFAULT_PAGE
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= LARGEST_PAGE:
        raise refusals.wrong("limit", f"a number from 1 to {LARGEST_PAGE}")
    return int(value)


def _cursor(offset: int) -> str:
    return urlsafe_b64encode(f"at:{offset}".encode()).decode().rstrip("=")


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, offset = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        if word == "at":
            return int(offset)
    except ValueError:
        pass
    raise refusals.wrong("after", "a cursor of this list")
