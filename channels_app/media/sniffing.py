"""What a file is, by its bytes: names and headers are written by people and programs, and lie."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import SEEK_END
from pathlib import PurePath
from typing import BinaryIO

HEAD, TAIL = 8192, 131072
"""So many bytes at the beginning, and at the end, show what a file is."""

ANYTHING = "application/octet-stream"
OPUS = "audio/ogg; codecs=opus"
TEXT = "text/plain"
HTML = "text/html"
SVG = "image/svg+xml"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX, XLSX, PPTX = (
    f"{_OFFICE}.{kind}" for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"

SIGNS: Sequence[tuple[re.Pattern[bytes], str]] = tuple(
    (re.compile(sign, re.DOTALL), mime_type)
    for sign, mime_type in (
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"BM.{4}\0\0\0\0", "image/bmp"),
        (rb"II\*\0|MM\0\*", "image/tiff"),
        (rb"....ftyp(heic|heix|hevc|hevx|heim|heis|mif1|msf1)", "image/heic"),
        (rb"....ftypavi[fs]", "image/avif"),
        (rb"....ftyp(M4A|M4B|F4A)", "audio/mp4"),
        (rb"....ftyp3g", "video/3gpp"),
        (rb"....ftypqt  ", "video/quicktime"),
        (rb"....ftyp", "video/mp4"),
        (rb"OggS.{22,280}?OpusHead", OPUS),
        (rb"OggS", "audio/ogg"),
        (rb"\x1aE\xdf\xa3", "video/webm"),
        (rb"RIFF....WAVE", "audio/wav"),
        (rb"RIFF....AVI ", "video/x-msvideo"),
        (rb"fLaC", "audio/flac"),
        (rb"#!AMR", "audio/amr"),
        (rb"\xff[\xf1\xf9]", "audio/aac"),
        (rb"ID3|\xff[\xfb\xf3\xf2\xfa]", "audio/mpeg"),
        (rb"%PDF-", "application/pdf"),
        (rb"PK\x03\x04|PK\x05\x06", ZIP),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
        (rb"MZ", "application/x-msdownload"),
        (rb"\x7fELF", "application/x-executable"),
        (rb"\x1f\x8b", "application/gzip"),
        (rb"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (rb"Rar!\x1a\x07", "application/vnd.rar"),
    )
)
IN_ZIP: Mapping[bytes, str] = {b"word/": DOCX, b"xl/": XLSX, b"ppt/": PPTX}
IN_OLE: Mapping[str, str] = {".doc": DOC, ".xls": XLS, ".ppt": PPT}
_TAGS = rb"!doctype html|html|head|body|script|style|iframe|object|embed|meta|link|title|base|form|svg|\?xml"
_PARTS = rb"h[1-6]|p|a|b|i|br|hr|div|span|img|table|ul|ol|center|font|video|audio|main|section|article|header|nav|pre"
_MARKUP = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(" + _TAGS + rb"|(?:" + _PARTS + rb")(?=[\s/>]))", re.I | re.DOTALL)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

ENDINGS: Mapping[str, str] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "audio/mp4": ".m4a",
    OPUS: ".ogg",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/amr": ".amr",
    "audio/aac": ".aac",
    "audio/mpeg": ".mp3",
    "application/pdf": ".pdf",
    TEXT: ".txt",
    DOCX: ".docx",
    XLSX: ".xlsx",
    PPTX: ".pptx",
    DOC: ".doc",
    XLS: ".xls",
    PPT: ".ppt",
}


@dataclass(frozen=True, slots=True)
class Look:
    """A file's beginning and end, and how many bytes it has."""

    head: bytes
    tail: bytes
    size: int


def look(file: BinaryIO) -> Look:
    """Read what shows what `file` is, and go back to its beginning."""
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return Look(head, tail, size)


def mime_type(seen: Look, name: str = "") -> str:
    """The MIME type by the bytes. The name decides only between the kinds of old Office files, which look alike."""
    found = next((kind for sign, kind in SIGNS if sign.match(seen.head)), "")
    if found == ZIP:
        return _in_zip(seen)
    if found == OLE:
        return IN_OLE.get(PurePath(name.lower()).suffix, OLE)
    return found or _text(seen.head)


def is_animated_webp(head: bytes) -> bool:
    """https://developers.google.com/speed/webp/docs/riff_container#extended_file_format"""
    return head[12:16] == b"VP8X" and len(head) > 20 and bool(head[20] & 0x02)


def is_mono(opus: bytes) -> bool:
    """Whether an Ogg file that begins so has one channel: https://www.rfc-editor.org/rfc/rfc7845#section-5.1"""
    at = opus.find(b"OpusHead")
    return at >= 0 and opus[at + 9 : at + 10] == b"\x01"


def bare(mime_type: str) -> str:
    """Without parameters."""
    return mime_type.partition(";")[0].strip().lower()


def _in_zip(seen: Look) -> str:
    """Office files are archives with a part of a known name in them; the archive is never opened for that."""
    if b"[Content_Types].xml" not in seen.head + seen.tail:
        return ZIP
    return next((kind for part, kind in IN_ZIP.items() if part in seen.tail), ZIP)


def _text(head: bytes) -> str:
    if not head or (_CONTROLS.search(head) and not head.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return ANYTHING
    markup = _MARKUP.match(head)
    if markup:
        return SVG if markup[1].lower() == b"svg" or b"<svg" in head[:1024].lower() else HTML
    return TEXT
