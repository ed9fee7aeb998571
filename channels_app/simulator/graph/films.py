"""Films: whether the beginning of an MP4 or 3GP file is that of one which Meta takes, told from its boxes.

https://developers.apple.com/documentation/quicktime-file-format
"""

from collections.abc import Iterator
from dataclasses import dataclass

UNREADABLE = "The video cannot be read."
H264, AAC = ("avc1", "avc3"), ("mp4a",)
WITHIN = frozenset({"moov", "trak", "mdia", "minf", "stbl"})
DEEPEST = len(WITHIN)
HIGH = 100
"""The least of H.264's profiles that not every phone plays, where frames refer to later ones."""
PROFILE_AT = 1
"""Where `avcC` says which profile it is."""
STSD, SAMPLE, VISUAL = 8, 8, 78
"""The bytes before the first entry, those of an entry's own head, and those before the boxes in a visual one."""


@dataclass(slots=True)
class Track:
    """What a track is: "vide" or "soun", its codec, its profile, and whether frames are not in the order of showing."""

    kind: str = ""
    codec: str = ""
    profile: int = 0
    has_later_frames: bool = False


def complaint(head: bytes) -> str:
    """What is wrong about a film that begins with `head`, "" where nothing is."""
    boxes = [kind for kind, _ in _boxes(head)]
    if not boxes or boxes[0] != "ftyp" or not {"moov", "mdat"} & set(boxes):
        return UNREADABLE
    if "moov" not in boxes or ("mdat" in boxes and boxes.index("mdat") < boxes.index("moov")):
        return "The moov box of a video must stand before its data."
    tracks = list(_tracks(head))
    return _of_pictures(tracks) or _of_sound(tracks)


def _of_pictures(tracks: list[Track]) -> str:
    films = [track for track in tracks if track.kind == "vide"]
    if not films:
        return UNREADABLE
    if any(track.codec not in H264 for track in films):
        return "Only the H.264 video codec is supported."
    if any(track.profile >= HIGH and track.has_later_frames for track in films):
        return "The H.264 High profile with B-frames is not supported: use Main or Baseline."
    return ""


def _of_sound(tracks: list[Track]) -> str:
    sounds = [track for track in tracks if track.kind == "soun"]
    if len(sounds) > 1:
        return "A video must have one audio stream, or none."
    return "" if all(track.codec in AAC for track in sounds) else "Only the AAC audio codec is supported."


def _tracks(head: bytes) -> Iterator[Track]:
    """Those that are told of, as far as `head` goes."""
    track = Track()
    for kind, body in _all(head):
        match kind:
            case "trak":
                track = Track()
                yield track
            case "hdlr":
                track.kind = track.kind or _word(body[8:12])
            case "stsd":
                track.codec = _word(body[STSD + 4 : STSD + 8])
                track.profile = _profile(body[STSD + SAMPLE + VISUAL :])
            case "ctts":
                track.has_later_frames = True


def _profile(boxes: bytes) -> int:
    settings = next((body for kind, body in _boxes(boxes) if kind == "avcC"), b"")
    return settings[PROFILE_AT] if len(settings) > PROFILE_AT else 0


def _all(data: bytes, levels: int = DEEPEST) -> Iterator[tuple[str, bytes]]:
    """Every box and those within it, each before what it holds."""
    for kind, body in _boxes(data):
        yield kind, body
        if kind in WITHIN and levels:
            yield from _all(body, levels - 1)


def _boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The boxes that follow each other in `data`, the last of them perhaps cut off."""
    at = 0
    while at + SAMPLE <= len(data):
        size, start = int.from_bytes(data[at : at + 4]), at + SAMPLE
        if size == 1:
            size, start = int.from_bytes(data[start : start + 8]), start + 8
        end = at + size if size else len(data)
        if end < start:
            return
        yield _word(data[at + 4 : at + 8]), data[start:end]
        at = end


def _word(four: bytes) -> str:
    return four.decode("latin-1")
