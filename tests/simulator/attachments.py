"""Files that people send from their phones, small and made by hand."""

import struct
import zlib
from collections.abc import Sequence

SILENCE = b"\xf8\xff\xfe"
"""Twenty milliseconds of it, as one packet of Opus with one channel."""
OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
UNKNOWN_SIZE = b"\x01\xff\xff\xff\xff\xff\xff\xff"
PDF = b"%PDF-1.4\n%%EOF\n"
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"
MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isommp41"


def png(width: int = 8, height: int = 8) -> bytes:
    rows = b"".join(b"\0" + b"\x2a\x9d\x8f" * width for _ in range(height))
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def film(
    *, video: str = "avc1", profile: int = 77, later: bool = False, sound: Sequence[str] = ("mp4a",), last: bool = False
) -> bytes:
    """The beginning of an MP4: a track of pictures, and of each `sound`; `last` has what tells of them at its end."""
    settings = _box("avcC", bytes([1, profile, 0, 31]))
    tracks = _track("vide", video, b"\0" * 70 + settings, _box("ctts", b"\0" * 8) if later else b"")
    tracks += b"".join(_track("soun", codec, b"\0" * 20) for codec in sound)
    parts = [_box("moov", tracks), _box("mdat", b"x" * 100)]
    return _box("ftyp", b"mp42\0\0\0\0mp42isom") + b"".join(reversed(parts) if last else parts)


def webm(packets: Sequence[bytes] = (SILENCE,) * 50, head: bytes = OPUS_HEAD) -> bytes:
    """A recording as Chromium makes it: one track, and blocks in clusters whose sizes are not known."""
    track = _element(b"\xae", _element(b"\xd7", b"\x01") + _element(b"\x63\xa2", head))
    blocks = b"".join(_element(b"\xa3", b"\x81" + struct.pack(">hB", 0, 0x80) + packet) for packet in packets)
    segment = b"\x18\x53\x80\x67" + UNKNOWN_SIZE + _element(b"\x16\x54\xae\x6b", track)
    return _element(b"\x1a\x45\xdf\xa3", b"") + segment + b"\x1f\x43\xb6\x75" + UNKNOWN_SIZE + blocks


def _element(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">I", len(body) | 1 << 28) + body


def _track(kind: str, codec: str, entry: bytes, more: bytes = b"") -> bytes:
    handler = _box("hdlr", b"\0" * 8 + kind.encode() + b"\0" * 12)
    samples = _box("stsd", b"\0\0\0\0\0\0\0\1" + _box(codec, b"\0" * 8 + entry))
    return _box("trak", _box("mdia", handler + _box("minf", _box("stbl", samples + more))))


def _box(name: str, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name.encode() + body


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
