"""What goes over the wire at the API: JSON in, JSON out, whatever the client says it would rather have."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from channels_app.media import keeping, kinds

LARGEST_BODY = 1024 * 1024
BESIDE_A_FILE = 64 * 1024


class TooLarge(APIException):
    status_code = 413
    default_detail = f"The body is larger than {LARGEST_BODY} bytes."
    default_code = "too_large"


class StrictJSON(BaseParser):
    """JSON of at most `LARGEST_BODY` bytes. Whatever is wrong with it is the client's to know, and nobody's crash."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            body = stream.read(LARGEST_BODY + 1)
            if len(body) > LARGEST_BODY:
                raise TooLarge
            return _storable(json.loads(body, parse_constant=_refuse))
        except OSError as exc:
            raise ParseError("The body did not arrive as a whole.") from exc
        except RecursionError as exc:
            raise ParseError("The body is nested too deeply.") from exc
        except ValueError as exc:
            raise ParseError(f"The body is not JSON: {str(exc)[:200]}") from exc


class StreamedForm(MultiPartParser):
    """A form with files, each of which goes to a disk as it comes: none is in memory as a whole."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]._request
        if int(request.META.get("CONTENT_LENGTH") or 0) > keeping.LARGEST + BESIDE_A_FILE:
            raise TooLarge(f"A file may have up to {kinds.readable(keeping.LARGEST)}.")
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
        try:
            return super().parse(stream, media_type, parser_context)
        except (OSError, SuspiciousOperation) as exc:
            raise ParseError("The form did not arrive as a whole.") from exc


class AlwaysJSON(BaseContentNegotiation):
    """There is one renderer and one parser for each media type: what a client would rather have changes nothing."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        named = (request.content_type or "").partition(";")[0].strip().lower()
        found = [parser for parser in parsers if parser.media_type == named]
        return found[0] if found else None

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON value")


def _storable(parsed: Any) -> Any:
    """As it is; raises ValueError where half a surrogate is in it, which nobody can store, or write down again."""
    json.dumps(parsed, ensure_ascii=False).encode()
    return parsed
