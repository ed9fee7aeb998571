"""Which files may be sent, as what, how large, and whether the bytes are what they are said to be.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

from collections.abc import Mapping

from channels_app.simulator.graph import films

MEGABYTE = 1024 * 1024
STICKER, ANIMATED_STICKER = 100 * 1024, 500 * 1024
HEAD = 256 * 1024
"""So many bytes show what a file is: in a JPEG its colours may stand behind a thumbnail and a profile."""
UNREADABLE = "The picture cannot be read."
MARKER = 0xFF
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""https://www.w3.org/Graphics/JPEG/itu-t81.pdf, table B.1"""
OPUS = "audio/ogg; codecs=opus"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_ZIPPED = (f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.spreadsheetml.sheet")
_SLIDES = f"{_OFFICE}.presentationml.presentation"
_OLD = ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint")

KINDS: Mapping[str, frozenset[str]] = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "video": frozenset({"video/mp4", "video/3gpp"}),
    "audio": frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", OPUS}),
    "document": frozenset({"text/plain", "application/pdf", *_OLD, *_ZIPPED, _SLIDES}),
    "sticker": frozenset({"image/webp"}),
}
LARGEST: Mapping[str, int] = {
    "image": 5 * MEGABYTE,
    "video": 16 * MEGABYTE,
    "audio": 16 * MEGABYTE,
    "document": 100 * MEGABYTE,
    "sticker": ANIMATED_STICKER,
}
SIGNS: Mapping[str, tuple[tuple[int, bytes], ...]] = {
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/webp": ((8, b"WEBP"),),
    "video/mp4": ((4, b"ftyp"),),
    "video/3gpp": ((4, b"ftyp3g"),),
    "audio/mp4": ((4, b"ftyp"),),
    "audio/amr": ((0, b"#!AMR"),),
    "audio/aac": ((0, b"\xff\xf1"), (0, b"\xff\xf9")),
    "audio/mpeg": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    "application/pdf": ((0, b"%PDF-"),),
    **dict.fromkeys((*_ZIPPED, _SLIDES), ((0, b"PK"),)),
    **dict.fromkeys(_OLD, ((0, b"\xd0\xcf\x11\xe0"),)),
}


def normal(mime_type: str) -> str:
    """As the list above writes it: lowercase, and without parameters but for the codec of Ogg."""
    base, _, parameters = mime_type.strip().lower().partition(";")
    codec = parameters.replace(" ", "").replace('"', "")
    return OPUS if base.strip() == "audio/ogg" and codec == "codecs=opus" else base.strip()


def kind_of(mime_type: str) -> str | None:
    """What a file of this type is sent as, `None` where it may not be sent."""
    return next((kind for kind, types in KINDS.items() if mime_type in types), None)


def largest(kind: str, head: bytes) -> int:
    """How many bytes a file of this kind, which begins so, may have."""
    if kind == "sticker" and not _is_animated(head):
        return STICKER
    return LARGEST[kind]


def complaint(mime_type: str, head: bytes) -> str:
    """What is wrong about a file that begins with `head`, "" where it is what `mime_type` says."""
    if mime_type == OPUS:
        return _opus_complaint(head)
    if mime_type == "text/plain":
        return "" if b"\0" not in head else _mismatch(mime_type)
    if not any(head[at:].startswith(sign) for at, sign in SIGNS[mime_type]):
        return _mismatch(mime_type)
    return films.complaint(head) if mime_type in KINDS["video"] else _picture_complaint(mime_type, head)


def _opus_complaint(head: bytes) -> str:
    at = head.find(b"OpusHead")
    if not head.startswith(b"OggS") or at < 0:
        return "The file is no Ogg file with the Opus codec."
    return "" if head[at + 9 : at + 10] == b"\x01" else "Audio of the Opus codec must have one channel."


def _picture_complaint(mime_type: str, head: bytes) -> str:
    """About pictures that are none, whatever they begin with, and those with other colours than Meta takes."""
    match mime_type:
        case "image/png":
            is_whole, is_usual = head[12:16] == b"IHDR" and len(head) > 33, head[24:26] in (b"\x08\x02", b"\x08\x06")
        case "image/jpeg":
            frame = _frame_of(head)
            is_whole, is_usual = len(frame) > 5, frame[:1] == b"\x08" and frame[5:6] == b"\x03"
        case _:
            return ""
    if not is_whole:
        return UNREADABLE
    return "" if is_usual else "Images must have 8 bits and be RGB or RGBA."


def _frame_of(jpeg: bytes) -> bytes:
    """What says how the pixels of a JPEG are stored; nothing where that comes later: bits, height, width, colours."""
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == MARKER:
        kind, size = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4])
        if kind in FRAMES:
            return jpeg[at + 4 : at + 2 + size]
        at += 2 + max(size, 2)
    return b""


def _is_animated(head: bytes) -> bool:
    return head[12:16] == b"VP8X" and bool(head[20:21]) and bool(head[20] & 2)


def _mismatch(mime_type: str) -> str:
    return f"The file is not of the type {mime_type} that it was uploaded with."
