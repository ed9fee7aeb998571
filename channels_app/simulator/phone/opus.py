"""Voice notes as WhatsApp has them, Opus in Ogg, out of the WebM that Chromium records: other wrapping, same sound.

https://www.rfc-editor.org/rfc/rfc7845, https://www.matroska.org/technical/elements.html
"""

import struct
from collections.abc import Iterator, Sequence

SEGMENT, CLUSTER, TRACKS, TRACK, BLOCK_GROUP = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE, 0xA0
CODEC_PRIVATE, SIMPLE_BLOCK, BLOCK = 0x63A2, 0xA3, 0xA1
OPENED = frozenset({SEGMENT, CLUSTER, TRACKS, TRACK, BLOCK_GROUP})
LACING = 0x06
PER_PAGE = 12  # packets: those of the longest frames still fit one page
FIRST, LAST = 2, 4
RATE = 48_000
SERIAL = 1
TAGS = b"OpusTags" + struct.pack("<I", 9) + b"simulator" + struct.pack("<I", 0)


class NoOpus(Exception):
    """There is no Opus in it that could be wrapped anew."""


def as_ogg(webm: bytes) -> bytes:
    """The Opus of a WebM recording, in Ogg. Raises `NoOpus`."""
    try:
        elements = list(_elements(webm))
        head = next((body for name, body in elements if name == CODEC_PRIVATE), b"")
        packets = [_packet(body) for name, body in elements if name in (SIMPLE_BLOCK, BLOCK)]
        if not head.startswith(b"OpusHead") or not packets:
            raise NoOpus
        return b"".join(_pages(head, packets))
    except (IndexError, struct.error) as exc:
        raise NoOpus from exc


def _elements(webm: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements in order, those inside of others after them; an unfinished one at the end is passed over."""
    place = 0
    while place < len(webm):
        length = _width(webm[place])
        name = int.from_bytes(webm[place : place + length], "big")
        place += length
        length = _width(webm[place])
        size = int.from_bytes(webm[place : place + length], "big") & ~(1 << 7 * length)
        place += length
        if name in OPENED:
            continue
        if place + size > len(webm):
            return
        yield name, webm[place : place + size]
        place += size


def _width(byte: int) -> int:
    """How many bytes a number has, by its first."""
    if byte == 0:
        raise NoOpus
    return 9 - byte.bit_length()


def _packet(block: bytes) -> bytes:
    """What follows the number of the track, two bytes of time and the flags."""
    start = _width(block[0]) + 3
    if block[start - 1] & LACING:
        raise NoOpus
    return block[start:]


def _pages(head: bytes, packets: Sequence[bytes]) -> Iterator[bytes]:
    yield _page([head], 0, 0, FIRST)
    yield _page([TAGS], 0, 1, 0)
    played = 0
    for number, start in enumerate(range(0, len(packets), PER_PAGE), start=2):
        some = packets[start : start + PER_PAGE]
        played += sum(map(_samples, some))
        yield _page(some, played, number, LAST if start + PER_PAGE >= len(packets) else 0)


def _page(packets: Sequence[bytes], played: int, number: int, flags: int) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc3533#section-6"""
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    if len(lacing) > 255:
        raise NoOpus
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, played, SERIAL, number, 0, len(lacing))
    page = head + lacing + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _samples(packet: bytes) -> int:
    """How long a packet sounds, in samples: https://www.rfc-editor.org/rfc/rfc6716#section-3.1"""
    config, count = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = (480, 960, 1920, 2880)[config % 4]
    elif config < 16:
        frame = (480, 960)[config % 2]
    else:
        frame = (120, 240, 480, 960)[config % 4]
    return frame * (packet[1] & 63 if count == 3 else (1, 2, 2)[count])


def _checksum(page: bytes) -> int:
    found = 0
    for byte in page:
        found = (found << 8 & 0xFFFFFFFF) ^ _TABLE[found >> 24 ^ byte]
    return found


def _entry(value: int) -> int:
    for _ in range(8):
        value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


_TABLE = tuple(_entry(byte << 24) for byte in range(256))
