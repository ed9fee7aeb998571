"""Audio: whatever sounds becomes a voice note, or a file that WhatsApp plays. No program of the system is needed.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/audio-messages
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from channels_app.phrases import marked as _
from channels_app.speech.base import NotAble, Sound, TooLong, Unfit

IS_AVAILABLE = find_spec("av") is not None
"""Whether PyAV is installed: it is part of the extra `voice`."""

if TYPE_CHECKING:
    import av
    from av import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

Source = bytes | Path | IO[bytes]

VOICE_NOTE = "audio/ogg; codecs=opus"
MP3 = "audio/mpeg"
LARGEST_NOTE = 512 * 1024 - 1
"""Bytes. Beyond it WhatsApp shows a voice note without its picture, as a file to be fetched."""
USUAL_RATE, LOWEST_RATE = 24_000, 6_000
"""Bits in a second: clear speech, and what can just be understood."""
LONGEST_NOTE = 600
LONGEST_FILE = 3600
"""Seconds. What lasts longer is not decoded to its end."""
SPARE = 0.85
"""How much of the bytes is sound: the rest are the wrapping's, and for passages that take more."""

READ = "aac,ac3,aiff,amr,amrnb,amrwb,asf,caf,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,ogg,w64,wav"
"""What is read at all: formats that are lists of further files could have us fetch anything from anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceNote:
    """Ogg with Opus, of one channel, that lasts so many `seconds`."""

    data: bytes
    seconds: float

    @property
    def sound(self) -> Sound:
        return Sound(data=self.data, mime_type=VOICE_NOTE, name="voice.ogg")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coding:
    """What sound is turned into. `longest` is in seconds, `bit_rate` in bits in a second."""

    container: str
    codec: str
    layout: str
    rate: int
    bit_rate: int
    longest: int
    sample: str = "s16"
    options: tuple[tuple[str, str], ...] = ()


def to_voice_note(source: Source) -> VoiceNote:
    """The sound of `source` as a voice note under 512 KB. Raises `Unfit`, and `NotAble` without PyAV."""
    rate = _rate_for(_seconds(source))
    while True:
        made, seconds = _convert(source, _opus(rate))
        if len(made) <= LARGEST_NOTE:
            return VoiceNote(data=made, seconds=seconds)
        lower = min(_rate_for(seconds), rate * 3 // 4)
        if lower < LOWEST_RATE:
            raise TooLong(f"It lasts {seconds:.0f} seconds, which is too long for a voice note.")
        rate = lower


def to_mp3(source: Source) -> Sound:
    """The sound of `source`, such as a WAV file, as a file that WhatsApp plays. Raises as `to_voice_note`."""
    coding = _Coding(
        container="mp3",
        codec="libmp3lame",
        layout="stereo",
        rate=44_100,
        bit_rate=96_000,
        longest=LONGEST_FILE,
        sample="s16p",
    )
    return Sound(data=_convert(source, coding)[0], mime_type=MP3, name="audio.mp3")


def _opus(bit_rate: int) -> _Coding:
    return _Coding(
        container="ogg",
        codec="libopus",
        layout="mono",
        rate=48_000,
        bit_rate=bit_rate,
        longest=LONGEST_NOTE,
        options=(
            ("application", "voip"),
            ("compression_level", "5"),
            ("frame_duration", "60" if bit_rate < 10_000 else "20"),
        ),
    )


def _rate_for(seconds: float) -> int:
    """The best rate at which so many seconds stay within a voice note's size."""
    return max(LOWEST_RATE, min(USUAL_RATE, int(LARGEST_NOTE * 8 * SPARE / max(seconds, 1.0))))


def _seconds(source: Source) -> float:
    """How long it says that it lasts; 0 where it does not say."""
    with _opened(source) as opened:
        return float((opened.duration or 0) / _av().time_base)


def _convert(source: Source, coding: _Coding) -> tuple[bytes, float]:
    """`source` as `coding` has it, and how many seconds it lasts."""
    made = BytesIO()
    try:
        with _opened(source) as opened, _av().open(made, "w", format=coding.container) as target:
            stream = cast("AudioStream", target.add_stream(coding.codec, coding.rate, dict(coding.options)))
            stream.layout = coding.layout
            stream.format = coding.sample
            stream.bit_rate = coding.bit_rate
            samples = 0
            for frame in _resampled(opened, coding):
                frame.pts = samples
                samples += frame.samples
                if samples > coding.longest * coding.rate:
                    raise TooLong(f"It lasts longer than {coding.longest} seconds.")
                target.mux(stream.encode(frame))
            if not samples:
                raise Unfit(_("There is no sound in it."))
            target.mux(stream.encode(None))
    except (_av().FFmpegError, ValueError, EOFError) as exc:
        raise Unfit(f"It could not be converted: {type(exc).__name__}.") from None
    return made.getvalue(), samples / coding.rate


def _resampled(opened: "InputContainer", coding: _Coding) -> "Iterator[AudioFrame]":
    resampler = _av().AudioResampler(format=coding.sample, layout=coding.layout, rate=coding.rate)
    stream: AudioStream = opened.streams.audio[0]
    for packet in opened.demux(stream):
        for frame in _decoded(stream, packet):
            frame.pts = None
            yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _decoded(stream: "AudioStream", packet: "av.Packet[AudioStream]") -> "list[AudioFrame]":
    """A packet that is damaged is left out, as any player does."""
    try:
        return list(stream.decode(packet))
    except _av().InvalidDataError:
        return []


def _opened(source: Source) -> "InputContainer":
    if not IS_AVAILABLE:
        raise NotAble(_("Sounds cannot be converted here: the extra `voice` is not installed."))
    file = BytesIO(source) if isinstance(source, bytes) else str(source) if isinstance(source, Path) else source
    if not isinstance(file, str):
        file.seek(0)
    guard = {"format_whitelist": READ, "protocol_whitelist": "file"}
    try:
        opened: InputContainer = _av().open(file, "r", options=guard)
    except (_av().FFmpegError, ValueError, EOFError, OSError) as exc:
        raise Unfit(f"It cannot be read as sound: {type(exc).__name__}.") from None
    if not opened.streams.audio:
        opened.close()
        raise Unfit(_("There is no sound in it."))
    return opened


@cache
def _av() -> Any:
    """PyAV, loaded when the first sound comes: it takes 18 MB, and many processes never hear one."""
    return import_module("av")
