"""Values as Meta writes them: numbers that come as text, texts that are missing, times that make no sense."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote


def document(body: bytes) -> Mapping[str, Any] | None:
    """The JSON object in a body; None where there is none, whatever else is there."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; what else is in it is passed over."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text or a number as text; "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def number(value: object) -> int | None:
    """A whole number, written as such or as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()) else None


def moment(value: object) -> datetime | None:
    """A time given in seconds since 1970; None for 0, which Meta writes for "never"."""
    seconds = number(value)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` (a number or a date) asks us to wait; None where it asks nothing readable."""
    value = {name.lower(): value for name, value in headers.items()}.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def regain_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until management calls are let through again, by `X-Business-Use-Case-Usage` (there in minutes)."""
    value = {name.lower(): value for name, value in headers.items()}.get("x-business-use-case-usage", "")
    used = [use for uses in (document(value.encode()) or {}).values() for use in mappings(uses)]
    minutes = [number(use.get("estimated_time_to_regain_access")) or 0 for use in used]
    return 60.0 * max(minutes) if any(minutes) else None


def cursor(paging: Mapping[str, Any]) -> str:
    """The cursor of the next page, or "" behind the last one: what says that there is more is `next` alone."""
    following = text(paging.get("next"))
    if not following:
        return ""
    named = text(mapping(paging.get("cursors")).get("after"))
    in_address = re.search(r"[?&]after=([^&#]+)", following)
    return named or (unquote(in_address[1]) if in_address else "")
