"""Which numbers and templates a list has, and in which order.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
"""

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from channels_app.graph import wire
from channels_app.simulator.graph import refusals
from channels_app.simulator.models import SimulatedAccount, SimulatedNumber, SimulatedTemplate

SORTS: Mapping[str, str] = {
    "": "-id",
    "creation_time.asc": "id",
    "creation_time.desc": "-id",
    "last_onboarded_time.asc": "id",
    "last_onboarded_time.desc": "-id",
    "last_onboarded_time_ascending": "id",
    "last_onboarded_time_descending": "-id",
}
FILTERED_BY = ("account_mode",)
QUALITY = "GREEN"
"""That of every template here."""

Json = Mapping[str, Any]


def numbers(account: SimulatedAccount, query: Mapping[str, str]) -> QuerySet[SimulatedNumber]:
    """Those of `account`, the newest first where nothing else is asked for. Raises `Refusal`."""
    order = SORTS.get(query.get("sort", "").strip("[]'\" "))
    if order is None:
        raise refusals.wrong("sort", f"one of {{{', '.join(filter(None, SORTS))}}}.")
    return account.numbers.select_related("account").order_by(order)


def is_wanted(number: Json, query: Mapping[str, str]) -> bool:
    """Whether `filtering` lets a number through. Raises `Refusal`."""
    return all(number[field] == value for field, value in _filters(query.get("filtering", "")))


def templates(account: SimulatedAccount, query: Mapping[str, str]) -> list[SimulatedTemplate]:
    """`name` and `content` match parts, the others match as a whole."""
    found = account.templates.select_related("account").exclude(status="DELETED")
    if name := query.get("name"):
        found = found.filter(name__contains=name)
    for key in ("status", "category"):
        if value := query.get(key):
            found = found.filter(**{key: value.upper()})
    if language := query.get("language"):
        found = found.filter(language=language)
    if query.get("quality_score", QUALITY).upper() not in ("", QUALITY):
        return []
    content, either = query.get("content", "").lower(), query.get("name_or_content", "").lower()
    return [row for row in found if content in _words(row) and (either in row.name or either in _words(row))]


def _filters(given: str) -> list[tuple[str, str]]:
    try:
        listed = json.loads(given or "[]")
    except (ValueError, RecursionError):
        listed = None
    found = wire.mappings(listed)
    if not isinstance(listed, list) or len(found) != len(listed):
        raise refusals.wrong("filtering", "an array of JSON objects.")
    for each in found:
        if each.get("field") not in FILTERED_BY or each.get("operator") != "EQUAL":
            raise refusals.wrong("filtering", f"about {', '.join(FILTERED_BY)}, with the operator EQUAL.")
    return [(wire.text(each.get("field")), wire.text(each.get("value"))) for each in found]


def _words(template: SimulatedTemplate) -> str:
    """All that is read in it, in small letters."""
    return "\n".join(wire.text(part.get("text")) for part in wire.mappings(template.components)).lower()
