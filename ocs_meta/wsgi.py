"""What a WSGI server calls."""

import codecs
import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocs_meta.settings")


class Request(WSGIRequest):
    """Django takes any codec that Python has for a charset, also those that make no text, and fails on them."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        kind, params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        if not makes_text(params.get("charset", "utf-8")):
            meta = meta | {"CONTENT_TYPE": kind}
        super()._set_content_type_params(meta)  # type: ignore[misc]


def makes_text(charset: str) -> bool:
    try:
        return codecs.lookup(charset)._is_text_encoding
    except (LookupError, ValueError):
        return False


class Handler(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)
application = Handler()
