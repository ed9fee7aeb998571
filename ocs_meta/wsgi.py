"""What a WSGI server calls."""

import codecs
import os
from importlib import import_module
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.urls import reverse
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
    """Notifications have a door of their own; all other requests are Django's."""

    request_class = Request

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == _webhook:
            return webhooks.answer(environ, start_response)
        answer = super().__call__(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return answer
        answer.close()  # what follows the headers would be read as the next answer of a kept-open connection
        return []


django.setup(set_prefix=False)
webhooks: Any = import_module("channels_app.webhooks")  # which needs the models
_webhook = None if settings.SIMULATOR_ALONE else reverse("meta_webhook")
application = Handler()
