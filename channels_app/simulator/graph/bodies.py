"""What a request carries: JSON, or a form, as Graph takes either."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, RawPostDataException, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from channels_app.simulator.graph import refusals

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UNREADABLE = (ValueError, RecursionError, UnreadablePostError, RawPostDataException, SuspiciousOperation)

Json = Mapping[str, Any]


def read(request: HttpRequest) -> Json:
    """The JSON object or the form of a request, if no text in it is one that cannot be kept. Raises `Refusal`."""
    try:
        if request.content_type in FORMS:
            found: object = {name: _value(text) for name, text in request.POST.items()}
        else:
            found = json.loads(request.body, parse_constant=_no_number) if request.body else {}
        written = json.dumps(found, ensure_ascii=False)
        written.encode()
    except (*UNREADABLE, MultiPartParserError):
        raise refusals.not_readable() from None
    if not isinstance(found, dict) or "\\u0000" in written:
        raise refusals.not_readable()
    return found


def file(request: HttpRequest) -> "UploadedFile[Any] | None":
    """The file of a form, where it carries one. Raises `Refusal`."""
    if request.content_type != "multipart/form-data":
        return None
    try:
        found = request.FILES.get("file")
    except (*UNREADABLE, MultiPartParserError):
        raise refusals.not_readable() from None
    return found if isinstance(found, UploadedFile) else None


def _value(text: object) -> object:
    """Values of forms that are objects or lists are written as JSON."""
    if not isinstance(text, str) or text[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")
