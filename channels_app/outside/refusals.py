"""What a service says when it refuses, in any of the shapes that servers have for it."""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

from channels_app.outside.calling import Answer

PERHAPS_LATER = frozenset({408, 409, 425, 429, *range(500, 600)})
"""Statuses after which the same request may be taken a moment later."""

LONGEST = 500


def body_of(answer: Answer) -> Any:
    """The JSON of `answer`; `None` where it is none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def words(body: Any) -> str:
    """The message of an error, or ""."""
    error = body.get("error", body.get("detail", body.get("message"))) if isinstance(body, Mapping) else None
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("detail")
    return str(error)[:LONGEST] if error else ""


def code(body: Any) -> str:
    """The name of an error, or ""."""
    error = body.get("error") if isinstance(body, Mapping) else None
    return str(error.get("code") or error.get("type") or "") if isinstance(error, Mapping) else ""


def retry_after(answer: Answer) -> float | None:
    """Seconds that a service asks us to wait, given as such or as a date; `None` where it asks nothing readable."""
    value = answer.headers.get("Retry-After", "")
    if value.replace(".", "", 1).isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except (TypeError, ValueError):
        return None
