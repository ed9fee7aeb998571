"""What a WSGI server hands over, however odd."""

from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from ocs_meta.wsgi import application


@pytest.mark.django_db
def test_who_asks_for_headers_alone_gets_no_body() -> None:
    lengths = {}
    for method in ("GET", "HEAD"):
        environ: dict[str, Any] = {"REQUEST_METHOD": method}
        setup_testing_defaults(environ)
        environ |= {"HTTP_HOST": "testserver", "PATH_INFO": "/accounts/login/"}
        lengths[method] = len(b"".join(application(environ, lambda *answered: bytes)))
    assert lengths["GET"] > 1000
    assert lengths["HEAD"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["zlib", "hex", "rot13", "utf-16", "nonsense", ""])
def test_a_charset_that_makes_no_text_is_ignored(charset: str) -> None:
    environ: dict[str, Any] = {"CONTENT_TYPE": f"text/plain; charset={charset}", "QUERY_STRING": "hub.mode=subscribe"}
    setup_testing_defaults(environ)
    environ |= {"HTTP_HOST": "testserver", "PATH_INFO": "/api/channels/meta/"}
    answered: list[str] = []

    def start_response(status: str, headers: Any, exc_info: Any = None, /) -> Callable[[bytes], object]:
        answered.append(status)
        return bytes

    list(application(environ, start_response))
    assert answered == ["403 Forbidden"]
