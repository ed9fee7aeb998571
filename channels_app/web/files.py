"""/f/<link>: a file, for whoever has a link to it. What is in it may be anybody's, so it is given no power here."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from channels_app.media import keeping, links, sniffing
from channels_app.models import KeptFile
from channels_app.models.holding import let_go

SHOWN = re.compile(r"(audio|video)/.+|image/(?!svg).+|application/pdf")
"""What browsers show or play; everything else is downloaded."""
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
PLAYED = re.compile(r"(audio|video)/.+|application/pdf")
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
PLAYER = "default-src 'none'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'"
"""Browsers open their players, and their viewer of PDF, in no sandbox; and no script runs in what these show."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Accept-Ranges": "bytes",
}


def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file itself, or the part of it that a player asks for; 410 once the link has ended."""
    try:
        file_id = links.opened(token)
    except links.Expired:
        return _gone(_("This link has ended."))
    if file_id is None:
        raise Http404
    row = KeptFile.objects.filter(pk=file_id).first()
    try:
        opened = keeping.opened(row.file) if row else None
    except OSError:
        opened = None
    let_go()
    if row is None or opened is None:
        return _gone(_("This file is not kept any more."))
    return _answer(row, opened, request.headers.get("Range", ""))


def _answer(row: KeptFile, opened: BinaryIO, wanted: str) -> HttpResponseBase:
    first, last = _part(wanted, row.size)
    response = StreamingHttpResponse(_Pieces(opened, first, last), content_type=_type(row.mime_type))
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers["Content-Security-Policy"] = PLAYER if PLAYED.fullmatch(row.mime_type) else SANDBOX
    is_shown = SHOWN.fullmatch(row.mime_type) is not None
    name = row.name or f"file{sniffing.ENDINGS.get(row.mime_type, '')}"
    response.headers["Content-Disposition"] = content_disposition_header(not is_shown, name) or "attachment"
    response.headers["Content-Length"] = str(last - first)
    if (first, last) != (0, row.size):
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last - 1}/{row.size}"
    return response


def _type(mime_type: str) -> str:
    return f"{mime_type}; charset=utf-8" if mime_type == sniffing.TEXT else mime_type


def _part(wanted: str, size: int) -> tuple[int, int]:
    """Where the part that is asked for begins and ends; all of it where nothing is asked for that can be had."""
    found = RANGE.fullmatch(wanted.strip())
    if not found or found[1] == found[2] == "":
        return 0, size
    if not found[1]:
        return max(0, size - int(found[2])), size
    first, last = int(found[1]), int(found[2]) + 1 if found[2] else size
    return (first, min(last, size)) if first < min(last, size) else (0, size)


class _Pieces:
    """A part of a file, which is closed with the response, whether somebody read it or not."""

    def __init__(self, opened: BinaryIO, first: int, last: int) -> None:
        self._opened, self._first, self._last = opened, first, last
        self.close = opened.close

    def __iter__(self) -> Iterator[bytes]:
        place = self._first
        self._opened.seek(place)
        while place < self._last and (piece := self._opened.read(min(keeping.PIECE, self._last - place))):
            place += len(piece)
            yield piece


def _gone(why: str) -> HttpResponse:
    return HttpResponse(why, status=410, content_type="text/plain; charset=utf-8")
