"""What readers of messages share: to whom it goes, what became of it, and the checks that Meta makes of any value."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from channels_app.graph import wire
from channels_app.simulator.graph import refusals, refusals_of_messages
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.models import SimulatedNumber, SimulatedPerson

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who writes to whom; `by_user_id` where the call names no phone number."""

    number: SimulatedNumber
    person: SimulatedPerson
    by_user_id: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is read on the phone, and what Meta was given, under the key of its type.

    `fails` is what Meta takes even so, and reports by status.
    """

    type: str
    text: str
    content: Json
    template: str = ""
    fails: Refusal | None = None


def objects(value: object, parameter: str) -> Json:
    """An object. Raises `Refusal` where it is missing or something else."""
    if value is None:
        raise refusals_of_messages.missing_parameter(parameter)
    if not isinstance(value, dict):
        raise refusals.wrong(parameter, "a JSON object.")
    return value


def items(value: object, parameter: str) -> list[Json]:
    """A list of objects. Raises `Refusal` where it is something else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise refusals.wrong(parameter, "an array of JSON objects.")
    return value


def only(found: Json, known: Collection[str], parameter: str) -> None:
    """Raises `Refusal` where `found` has a key that Meta does not know."""
    for name in found:
        if name not in known:
            raise refusals.unexpected(str(name), parameter)


def optional(found: Json, key: str, parameter: str, limit: int) -> str:
    """A text of at most `limit` characters, "" where there is none. Raises `Refusal`."""
    value = found.get(key)
    if value is not None and not isinstance(value, str):
        raise refusals.wrong(parameter, "a string.")
    if len(value or "") > limit:
        raise refusals.too_long(parameter, limit)
    return value or ""


def required(found: Json, key: str, parameter: str, limit: int) -> str:
    """A text of 1 to `limit` characters, and not of blanks alone. Raises `Refusal`."""
    value = optional(found, key, parameter, limit)
    if not value.strip():
        raise refusals_of_messages.missing_parameter(parameter)
    return value


def sized(found: Json, key: str, what: str, limit: int) -> str:
    """As `required`, in the words of interactive messages: 131008 where it is missing, 131009 where it is too long."""
    value = found.get(key)
    if value is None:
        raise refusals_of_messages.missing(f"{what} is required.")
    if not isinstance(value, str):
        raise refusals_of_messages.bad_value(f"{what} must be a string.")
    if not value.strip() or len(value) > limit:
        raise length(what, limit)
    return value


def length(what: str, limit: int) -> Refusal:
    return refusals_of_messages.bad_value(f"{what} length invalid. Min length: 1, Max length: {limit}")


def link(found: Json, key: str, parameter: str) -> str:
    """An address that Meta could fetch something from, "" where there is none. Raises `Refusal`."""
    value = found.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or not is_web_address(value):
        raise refusals.wrong(parameter, "a valid URI.")
    if not _can_be_fetched(value):
        raise refusals_of_messages.bad_media(f"{parameter} must be an https address that can be reached from outside.")
    return value


def _can_be_fetched(address: str) -> bool:
    """From a public host, with https; or from this installation, which has no better where it is tried out."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if address.startswith(f"{settings.SITE_URL}/"):
        return True
    return parts.scheme == "https" and _is_public(parts.hostname or "")


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))


def is_web_address(value: str) -> bool:
    scheme, _, rest = value.partition("://")
    return scheme.lower() in ("http", "https") and rest[:1] not in ("", "/") and not any(map(str.isspace, value))


def id_of(found: Json, key: str = "id") -> str:
    return wire.text(found.get(key))
