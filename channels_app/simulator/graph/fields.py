"""The fields a call asks for, and the pages of a list."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from channels_app.simulator.graph import refusals

DEFAULT_PAGE, LARGEST_PAGE = 25, 100
LONGEST = 2000
SECRET = ("access_token", "appsecret_proof", "input_token")

Json = Mapping[str, Any]


def chosen(node: Json, query: Mapping[str, str], basics: Sequence[str], node_type: str) -> dict[str, Any]:
    """The fields of `node` that were asked for, or else its `basics`; one it does not have fails the whole call."""
    names = [name.strip() for name in query.get("fields", "").split(",") if name.strip()] or list(basics)
    for name in names:
        if name not in node:
            raise refusals.unknown_field(name, node_type)
    return {name: node[name] for name in dict.fromkeys((*names, "id"))}


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
