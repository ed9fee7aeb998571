"""Recordings that are wrapped anew, and files that are told apart by what is in them."""

import struct

import pytest

from channels_app.simulator.phone import opus, sniffing
from tests.simulator.attachments import MP4, OPUS_HEAD, PDF, SILENCE, WEBP, png, webm


def pages(ogg: bytes) -> list[tuple[int, int, bytes]]:
    """Flags, samples played until its end, and content of each page, whose checksums are right."""
    found: list[tuple[int, int, bytes]] = []
    while ogg:
        assert ogg.startswith(b"OggS\0")
        flags, played, number, checksum, count = struct.unpack("<xxxxxBq4xIIB", ogg[:27])
        assert number == len(found)
        length = 27 + count + sum(ogg[27 : 27 + count])
        assert checksum == opus._checksum(ogg[:22] + b"\0" * 4 + ogg[26:length])
        found.append((flags, played, ogg[27 + count : length]))
        ogg = ogg[length:]
    return found


def test_a_recording_keeps_every_packet_in_order() -> None:
    packets = [SILENCE[:1] + bytes([number]) * 300 for number in range(30)]
    head, tags, *sound = pages(opus.as_ogg(webm(packets)))
    assert head == (2, 0, OPUS_HEAD)
    assert tags[2].startswith(b"OpusTags")
    assert b"".join(content for _, _, content in sound) == b"".join(packets)
    assert [flags for flags, _, _ in sound] == [0, 0, 4]
    assert sound[-1][1] == 30 * 960


def test_a_recording_that_was_cut_off_is_kept_as_far_as_it_goes() -> None:
    cut = webm()[:-2]
    assert pages(opus.as_ogg(cut))[-1][1] == 49 * 960


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"\x00", 480),
        (b"\x18", 2880),
        (b"\x60", 480),
        (b"\x68", 960),
        (b"\x80", 120),
        (b"\xf9", 1920),
        (b"\xfb\x03", 2880),
    ],
)
def test_the_length_of_a_packet_is_read_from_its_first_byte(packet: bytes, samples: int) -> None:
    assert pages(opus.as_ogg(webm([packet])))[-1][1] == samples


@pytest.mark.parametrize(
    "recording",
    [b"", b"\0", b"\x1a\x45\xdf\xa3", webm([]), webm(head=b""), webm([SILENCE * 30_000]), b"\xff" * 40],
)
def test_what_has_no_opus_is_refused(recording: bytes) -> None:
    with pytest.raises(opus.NoOpus):
        opus.as_ogg(recording)


@pytest.mark.parametrize(
    ("beginning", "told", "found"),
    [
        (png(), "text/plain", "image/png"),
        (b"\xff\xd8\xff\xe0", "", "image/jpeg"),
        (WEBP, "", "image/webp"),
        (MP4, "", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ", "", "audio/mp4"),
        (PDF, "application/x-other", "application/pdf"),
        (opus.as_ogg(webm()), "", "audio/ogg; codecs=opus"),
        (b"OggS" + b"\0" * 40 + b"vorbis", "", "audio/ogg"),
        (b"ID3\x04", "", "audio/mpeg"),
        (b"name,age\n", "text/csv; charset=utf-8", "text/csv"),
        (b"\x01\x02", "not a type\r\nX: y", "application/octet-stream"),
        (b"", "", "application/octet-stream"),
    ],
)
def test_a_file_is_what_is_in_it(beginning: bytes, told: str, found: str) -> None:
    assert sniffing.mime_type(beginning, told) == found


def test_stickers_that_move_are_told_from_those_that_do_not() -> None:
    still = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0"
    assert sniffing.is_animated(still + b"\x02\0\0\0")
    assert not sniffing.is_animated(still + b"\x10\0\0\0")
    assert not sniffing.is_animated(WEBP)
