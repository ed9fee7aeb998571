"""The built-in voice: espeak-ng, without any network. It is robotic, and speaks more than a hundred languages.

https://github.com/espeak-ng/espeak-ng/blob/master/src/include/espeak-ng/speak_lib.h
"""

import ctypes
import re
import wave
from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from threading import Lock

from channels_app.phrases import marked as _
from channels_app.speech.base import LONGEST_TEXT, NotAble, Settings, Sound, TooLong, Unfit

IS_AVAILABLE = find_spec("espeakng_loader") is not None
"""Whether the voice is installed: it is part of the extra `voice`."""

if IS_AVAILABLE:
    import espeakng_loader

SYNCHRONOUS, UTF8, DO_NOT_EXIT = 2, 1, 0x8000
USUAL_VOICE = "en"
NAME = re.compile(r"[a-z0-9]{1,12}([-+][a-z0-9]{1,12}){0,4}")
"""Voices are files of the library: a name leads to no other."""

_Hear = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class EspeakSpeech:
    """The voice is one of espeak-ng's, such as en-gb or sw; where there is none, that of the language, or English."""

    hears = False

    def __init__(self, settings: Settings) -> None:
        self._voices = list(_candidates(settings.voice, settings.language))

    @property
    def speaks(self) -> bool:
        return IS_AVAILABLE

    @staticmethod
    def knows(voice: str) -> bool:
        """Whether there is such a voice, as far as can be seen here."""
        name = _written(voice)
        return not IS_AVAILABLE or (NAME.fullmatch(name) is not None and _library.has(name))

    def say(self, text: str) -> Sound:
        if not IS_AVAILABLE:
            raise NotAble(_("The built-in voice is not installed: it comes with the extra `voice`."))
        if len(text) > LONGEST_TEXT:
            raise TooLong(f"No more than {LONGEST_TEXT} characters are spoken at once.")
        if not any(character.isalnum() for character in text):
            raise Unfit(_("There is nothing to say in it."))
        return _library.say(text.replace("\0", " "), self._voices)

    def hear(self, sound: Sound) -> str:
        raise NotAble(_("No transcription is set up: the built-in voice only speaks."))


def _candidates(voice: str, language: str) -> Iterator[str]:
    """The names to try, the best first: espeak-ng writes pt-br where Meta writes pt_BR."""
    for name in (voice, language):
        written = _written(name)
        if NAME.fullmatch(written):
            yield written
            yield written.partition("-")[0]
    yield USUAL_VOICE


def _written(name: str) -> str:
    return name.strip().lower().replace("_", "-")


class _Library:
    """espeak-ng has one voice in a process: one text is spoken at a time, some tens of milliseconds each."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._library: ctypes.CDLL | None = None
        self._rate = 0
        self._samples: list[bytes] = []
        self._callback = _Hear(self._take)

    def has(self, name: str) -> bool:
        with self._lock:
            library = self._library or self._load()
            return bool(library.espeak_SetVoiceByName(name.encode()) == 0)

    def say(self, text: str, voices: list[str]) -> Sound:
        with self._lock:
            library = self._library or self._load()
            if not any(library.espeak_SetVoiceByName(name.encode()) == 0 for name in voices):
                raise NotAble(_("The built-in voice has lost its languages."))
            self._samples = []
            raw = text.encode("utf-8", "replace")
            failed = library.espeak_Synth(raw, len(raw) + 1, 0, 0, 0, UTF8, None, None)
            spoken, self._samples = b"".join(self._samples), []
        if failed or not spoken:
            raise Unfit(_("The built-in voice has nothing to say to this."))
        return Sound(data=_wav(spoken, self._rate), mime_type="audio/wav", name="speech.wav")

    def _load(self) -> ctypes.CDLL:
        try:
            library = ctypes.CDLL(espeakng_loader.get_library_path())
            folder = espeakng_loader.get_data_path()
        except (OSError, RuntimeError) as exc:
            raise NotAble(f"The built-in voice cannot be loaded: {type(exc).__name__}.") from None
        library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        library.espeak_Synth.argtypes = [
            *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint),
            *(ctypes.c_void_p, ctypes.c_void_p),
        ]
        self._rate = library.espeak_Initialize(SYNCHRONOUS, 0, folder.encode(), DO_NOT_EXIT)
        if self._rate <= 0:
            raise NotAble(_("The built-in voice cannot be loaded."))
        library.espeak_SetSynthCallback(self._callback)
        self._library = library
        return library

    def _take(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: int | None) -> int:
        if samples and count > 0:
            self._samples.append(ctypes.string_at(samples, count * 2))
        return 0


def _wav(samples: bytes, rate: int) -> bytes:
    made = BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return made.getvalue()


_library = _Library()
