"""The built-in voice."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from channels_app.outside import Outside
from channels_app.speech.base import NotAble, Settings, Sound, TooLong, Unfit
from channels_app.speech.espeak import EspeakSpeech
from tests.speech.sounds import look


def voice(name: str = "", language: str = "") -> EspeakSpeech:
    return EspeakSpeech(Settings(outside=Outside(), voice=name, language=language))


def lasts(speech: EspeakSpeech, text: str) -> float:
    """Seconds: no two sayings of the same are quite the same, but for how long they take."""
    return look(speech.say(text).data).seconds


@pytest.mark.parametrize("language", ["en", "es", "pt_BR", "zh_CN", "sw", "af", "en_GB", "xx_YY", ""])
def test_speaks_the_language_or_english(language: str) -> None:
    found = look(voice(language=language).say("Hello, one two three").data)
    assert (found.codec, found.channels) == ("pcm_s16le", 1)
    assert 0.5 < found.seconds < 6


def test_a_voice_that_it_has_goes_before_the_language() -> None:
    spanish, english = (lasts(voice(name, "en"), "12:30, qué tal?") for name in ("es", "alloy"))
    assert spanish == pytest.approx(lasts(voice(language="es"), "12:30, qué tal?"), abs=0.02)
    assert abs(spanish - english) > 0.1


def test_many_speak_at_once_and_each_says_its_own() -> None:
    texts = [f"Number {number} " * (number + 1) for number in range(8)]
    alone = [lasts(voice(), text) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda text: lasts(voice(), text), texts))
    assert together == pytest.approx(alone, abs=0.05)


@pytest.mark.parametrize("name", ["../../../../etc/passwd", "/dev/zero", "!v/f2", "x" * 5000, "en\0", "é"])
def test_a_name_that_is_none_is_passed_over(name: str) -> None:
    assert lasts(voice(name, "en"), "Hello") == pytest.approx(lasts(voice(language="en"), "Hello"), abs=0.02)


@pytest.mark.parametrize("text", ["\0", "", "…", "\ud800"])
def test_what_cannot_be_said_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        voice().say(text)


def test_no_more_is_said_at_once_than_services_take() -> None:
    with pytest.raises(TooLong):
        voice().say("word " * 1000)


def test_hears_nothing() -> None:
    with pytest.raises(NotAble):
        voice().hear(Sound(data=b"", mime_type="audio/ogg", name="note.ogg"))
