"""Files on the phone: shown where they can do no harm, and else saved under their name."""

import re
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from channels_app.simulator.models import SimulatedMedia

SHOWN = re.compile(r"image/(jpeg|png|webp|gif)|(audio|video)/[a-z0-9.+-]+(; codecs=opus)?")
RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")
AT_ONCE = 1024 * 1024
PARTIAL, NOT_SATISFIABLE = 206, 416


def serve(request: HttpRequest, media: SimulatedMedia) -> HttpResponseBase:
    """The file, or the part of it that a player asks for. Raises OSError where it is gone."""
    file = media.file.open("rb")
    is_shown = SHOWN.fullmatch(media.mime_type) is not None
    wanted = RANGE.fullmatch(request.headers.get("Range", ""))
    answer: HttpResponseBase
    if is_shown and wanted:
        with file:
            answer = _part(file, media, int(wanted[1]), int(wanted[2] or media.size))
    else:
        answer = FileResponse(file, as_attachment=not is_shown, filename=media.filename or "file")
    answer["Content-Type"] = media.mime_type if is_shown else "application/octet-stream"
    answer["Cache-Control"] = "private, max-age=3600"
    answer["Accept-Ranges"] = "bytes"
    return answer


def _part(file: IO[bytes], media: SimulatedMedia, start: int, end: int) -> HttpResponse:
    """https://www.rfc-editor.org/rfc/rfc9110#name-range; no more than `AT_ONCE` bytes, for a player asks again."""
    end = min(end, media.size - 1, start + AT_ONCE - 1)
    if end < start:
        return HttpResponse(status=NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{media.size}"})
    file.seek(start)
    part = HttpResponse(file.read(end - start + 1), status=PARTIAL)
    part["Content-Range"] = f"bytes {start}-{end}/{media.size}"
    return part
