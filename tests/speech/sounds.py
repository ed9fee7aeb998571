"""Sounds, made here: a tone in whatever wrapping is asked for, and what is in the wrapping of others."""

import math
from array import array
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import av
from av.audio.stream import AudioStream

CODECS = {
    "wav": ("wav", "pcm_s16le", 22_050, "mono"),
    "mp3": ("mp3", "libmp3lame", 44_100, "stereo"),
    "m4a": ("ipod", "aac", 44_100, "stereo"),
    "amr": ("amr", "libopencore_amrnb", 8_000, "mono"),
    "ogg": ("ogg", "libopus", 48_000, "stereo"),
    "webm": ("webm", "libopus", 48_000, "mono"),
}


@dataclass(frozen=True, slots=True)
class Contents:
    container: str
    codec: str
    channels: int
    rate: int
    seconds: float


def tone(kind: str, seconds: float = 1.0) -> bytes:
    """A tone of so many seconds, as a file of this kind."""
    container, codec, rate, layout = CODECS[kind]
    made = BytesIO()
    with av.open(made, "w", format=container) as target:
        stream = cast(AudioStream, target.add_stream(codec, rate=rate))
        stream.layout = layout
        if kind == "amr":
            stream.bit_rate = 12_200
        frame = av.AudioFrame(format="s16", layout="mono", samples=int(rate * seconds))
        frame.sample_rate = rate
        wave = array("h", (int(9000 * math.sin(place * 2 * math.pi * 440 / rate)) for place in range(rate)))
        frame.planes[0].update((wave * (int(seconds) + 1))[: frame.samples].tobytes())
        resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate)
        for fit in [*resampler.resample(frame), *resampler.resample(None)]:
            target.mux(stream.encode(fit))
        target.mux(stream.encode(None))
    return made.getvalue()


def look(data: bytes) -> Contents:
    """What is in a file, all of it decoded."""
    with av.open(BytesIO(data), "r") as opened:
        stream = opened.streams.audio[0]
        samples = sum(frame.samples for frame in opened.decode(stream))
        context = stream.codec_context
        return Contents(
            opened.format.name, context.name, len(context.layout.channels), context.rate, samples / stream.rate
        )
