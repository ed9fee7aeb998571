"""What a file is, by its first bytes: browsers go by its name, and Meta by what is in it."""

import re
from collections.abc import Sequence

from channels_app.simulator.graph.media_types import OPUS

ANYTHING = "application/octet-stream"
MIME_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}")
VP8X_ANIMATED = 0x02

SIGNS: Sequence[tuple[re.Pattern[bytes], str]] = tuple(
    (re.compile(sign, re.DOTALL), mime_type)
    for sign, mime_type in (
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"OggS.{22,280}?OpusHead", OPUS),
        (rb"OggS", "audio/ogg"),
        (rb"\x1aE\xdf\xa3", "video/webm"),
        (rb"....ftyp(M4A|M4B)", "audio/mp4"),
        (rb"....ftyp3g", "video/3gpp"),
        (rb"....ftyp(isom|iso[2-9]|mp4[12]|avc1|dash|M4V)", "video/mp4"),
        (rb"#!AMR", "audio/amr"),
        (rb"ID3|\xff[\xfb\xf3\xf2]", "audio/mpeg"),
        (rb"\xff[\xf1\xf9]", "audio/aac"),
        (rb"RIFF....WAVE", "audio/wav"),
        (rb"%PDF-", "application/pdf"),
    )
)


def mime_type(beginning: bytes, told: str = "") -> str:
    """The MIME type by the `beginning` of a file, or else the one that was `told`, if it is one."""
    for sign, found in SIGNS:
        if sign.match(beginning):
            return found
    told = told.partition(";")[0].strip().lower()
    return told if MIME_TYPE.fullmatch(told) else ANYTHING


def is_animated(webp: bytes) -> bool:
    """https://developers.google.com/speed/webp/docs/riff_container#extended_file_format"""
    return webp[12:16] == b"VP8X" and bool(webp[20] & VP8X_ANIMATED) if len(webp) > 20 else False
