"""Services that speak OpenAI's API: what they are asked, and what becomes of what they say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from channels_app.outside import Outside
from channels_app.speech import patience
from channels_app.speech.base import Away, NotAble, Refused, Settings, Sound, SpeechError, TooLong, Unfit
from channels_app.speech.openai import OpenAiSpeech
from tests.bots.completions import refusal
from tests.far_end import FarEnd
from tests.speech.sounds import tone

NOTE = Sound(data=b"OggS and so on", mime_type="audio/ogg; codecs=opus", name="note.ogg")


@pytest.fixture
def outside() -> Iterator[Outside]:
    outside = Outside(("127.0.0.1",))
    yield outside
    outside.close()


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)


def service(far_end: FarEnd, outside: Outside, **told: Any) -> OpenAiSpeech:
    settings = {"transcription_model": "whisper-1", "speech_model": "tts-1", "voice": "nova", "language": "pt_BR"}
    return OpenAiSpeech(Settings(outside=outside, base_url=f"{far_end.url}/v1", api_key="sk-1", **{**settings, **told}))


class TestHearing:
    def test_posts_the_note_with_model_and_language(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(200, {"text": " Bom dia. "})]
        assert service(far_end, outside).hear(NOTE) == "Bom dia."
        (asked,) = far_end.asked
        assert (asked.path, asked.headers["Authorization"]) == ("/v1/audio/transcriptions", "Bearer sk-1")
        assert asked.headers["Content-Type"].startswith("multipart/form-data; boundary=")
        for part in (b'name="model"\r\n\r\nwhisper-1\r\n', b'name="language"\r\n\r\npt\r\n', b'filename="note.ogg"'):
            assert part in asked.body
        assert b"Content-Type: audio/ogg\r\n\r\nOggS and so on\r\n" in asked.body

    @pytest.mark.parametrize("language", ["", "fil", "?"])
    def test_hints_at_no_language_that_has_no_short_code(
        self, far_end: FarEnd, outside: Outside, language: str
    ) -> None:
        far_end.answers = [(200, {"text": "Hi"})]
        service(far_end, outside, language=language).hear(NOTE)
        assert b'name="language"' not in far_end.asked[0].body

    def test_a_sound_of_a_kind_that_is_not_taken_is_converted_first(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(200, {"text": "Hi"})]
        sound = Sound(data=tone("amr"), mime_type="audio/amr", name="memo.amr")
        assert service(far_end, outside).hear(sound) == "Hi"
        assert b'filename="voice.ogg"' in far_end.asked[0].body

    def test_silence_is_no_failure(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(200, {"text": "  "})]
        assert service(far_end, outside).hear(NOTE) == ""

    def test_a_key_is_not_sent_where_there_is_none(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(200, {"text": "Hi"})]
        settings = Settings(outside=outside, base_url=f"{far_end.url}/v1", transcription_model="small")
        assert OpenAiSpeech(settings).hear(NOTE) == "Hi"
        assert "Authorization" not in far_end.asked[0].headers

    def test_needs_a_model(self, far_end: FarEnd, outside: Outside) -> None:
        deaf = service(far_end, outside, transcription_model="")
        assert not deaf.hears
        with pytest.raises(NotAble):
            deaf.hear(NOTE)


class TestSpeaking:
    def test_asks_for_mp3_in_the_voice_that_is_wished(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(200, b"ID3 and so on")]
        sound = service(far_end, outside).say("Bom dia")
        (asked,) = far_end.asked
        assert (asked.path, sound.mime_type, sound.data) == ("/v1/audio/speech", "audio/mpeg", b"ID3 and so on")
        assert asked.json == {"model": "tts-1", "input": "Bom dia", "voice": "nova", "response_format": "mp3"}

    def test_a_service_without_mp3_is_asked_for_wav(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [refusal(400, "`response_format` must be one of [wav]"), (200, b"RIFF")]
        assert service(far_end, outside).say("Hi").mime_type == "audio/wav"
        assert [asked.json["response_format"] for asked in far_end.asked] == ["mp3", "wav"]

    def test_an_answer_in_words_is_no_sound(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.otherwise = lambda asked: (200, {"status": "queued"})
        with pytest.raises(Away):
            service(far_end, outside).say("Hi")

    def test_needs_a_model(self, far_end: FarEnd, outside: Outside) -> None:
        assert not service(far_end, outside, speech_model="").speaks

    def test_what_is_too_long_is_not_sent(self, far_end: FarEnd, outside: Outside) -> None:
        with pytest.raises(TooLong):
            service(far_end, outside).say("a" * 4097)
        assert far_end.asked == []


class TestTrouble:
    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
    def test_what_may_pass_is_tried_again(self, far_end: FarEnd, outside: Outside, status: int) -> None:
        far_end.answers = [refusal(status), refusal(status), (200, {"text": "Hi"})]
        assert service(far_end, outside).hear(NOTE) == "Hi"

    def test_what_stays_away_is_given_up(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.otherwise = lambda asked: refusal(503)
        with pytest.raises(Away):
            service(far_end, outside).hear(NOTE)
        assert len(far_end.asked) == patience.TRIES

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (refusal(401, "Incorrect API key"), Refused),
            (refusal(404, "no such model"), Refused),
            (refusal(429, "You exceeded your quota", "insufficient_quota"), Refused),
            (refusal(400, "The audio file could not be decoded"), Unfit),
            (refusal(413, "Maximum content size limit exceeded"), TooLong),
            ((302, None), Unfit),
        ],
    )
    def test_what_asking_again_would_not_change_is_asked_once(
        self, far_end: FarEnd, outside: Outside, answer: Any, error: type[SpeechError]
    ) -> None:
        far_end.answers = [answer]
        far_end.otherwise = lambda asked: (200, {"text": "Hi"})
        with pytest.raises(error):
            service(far_end, outside).hear(NOTE)
        assert len(far_end.asked) == 1

    def test_a_refusal_says_what_to_do(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [refusal(401, "Incorrect API key")]
        with pytest.raises(Refused) as caught:
            service(far_end, outside).say("Hi")
        problem = caught.value.problem
        assert ("key" in problem.title, "Incorrect API key" in problem.detail, bool(problem.advice)) == (True,) * 3

    def test_a_private_address_is_not_called(self) -> None:
        settings = Settings(outside=Outside(), base_url="http://127.0.0.1:9/v1", speech_model="tts-1")
        with pytest.raises(Refused):
            OpenAiSpeech(settings).say("Hi")

    @pytest.mark.parametrize("body", [b"not JSON", json.dumps(["text"]).encode(), b'{"text": null}'])
    def test_an_answer_that_is_none_is_as_if_it_had_not_come(
        self, far_end: FarEnd, outside: Outside, body: bytes
    ) -> None:
        far_end.answers = [(200, body), (200, {"text": "Hi"})]
        assert service(far_end, outside).hear(NOTE) == "Hi"
