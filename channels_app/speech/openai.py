"""Speech by way of any service that speaks OpenAI's API: OpenAI, Groq, or a server beside us.

https://platform.openai.com/docs/api-reference/audio
"""

import json
import re
from collections.abc import Mapping

from urllib3.filepost import encode_multipart_formdata

from channels_app.errors import Problem
from channels_app.outside import Answer, Call, Moved, NotAllowed, OutsideError, refusals
from channels_app.phrases import marked as _
from channels_app.speech import audio, patience
from channels_app.speech.base import LONGEST_TEXT, Away, NotAble, Refused, Settings, Sound, SpeechError, TooLong, Unfit

HEARING_SECONDS, SPEAKING_SECONDS = 90.0, 45.0
LARGEST_SOUND = 32 * 1024 * 1024
FORMATS = ("mp3", "wav")
"""What a voice is asked for: every server makes the one or the other."""

TAKEN = frozenset({"flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"})
"""Endings of what is transcribed as it is; anything else is converted first."""


class OpenAiSpeech:
    """A model that is not named is not used: then it does not hear, or does not speak."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def speaks(self) -> bool:
        return bool(self._settings.base_url and self._settings.speech_model)

    @property
    def hears(self) -> bool:
        return bool(self._settings.base_url and self._settings.transcription_model)

    def say(self, text: str) -> Sound:
        """`text` spoken by the service. Raises `SpeechError`."""
        if not self.speaks:
            raise NotAble(_("No voice is set up."))
        if len(text) > LONGEST_TEXT:
            raise TooLong(f"No more than {LONGEST_TEXT} characters are spoken at once.")
        return patience.persist(lambda seconds: self._say(text, seconds), SPEAKING_SECONDS)

    def hear(self, sound: Sound) -> str:
        """What is said in `sound`; "" where nobody speaks in it. Raises `SpeechError`."""
        if not self.hears:
            raise NotAble(_("No transcription is set up."))
        taken = sound if _ending(sound) in TAKEN else audio.to_voice_note(sound.data).sound
        return patience.persist(lambda seconds: self._hear(taken, seconds), HEARING_SECONDS)

    def _say(self, text: str, seconds: float) -> Sound:
        request = {"model": self._settings.speech_model, "input": text}
        if self._settings.voice:
            request["voice"] = self._settings.voice
        for made in FORMATS:
            body = json.dumps({**request, "response_format": made}).encode()
            answer = self._ask("audio/speech", "application/json", body, seconds)
            if not (answer.status in (400, 422) and made != FORMATS[-1] and _is_about_the_format(answer)):
                break
        if answer.status != 200:
            raise _refusal(answer)
        if not answer.body or answer.body[:1] in b"{<":
            raise Away(_("The answer is no sound."))
        return Sound(data=answer.body, mime_type=f"audio/{'mpeg' if made == 'mp3' else made}", name=f"speech.{made}")

    def _hear(self, sound: Sound, seconds: float) -> str:
        fields = {"model": self._settings.transcription_model, "response_format": "json"}
        if hint := _hint(self._settings.language):
            fields["language"] = hint
        file = (sound.name, sound.data, sound.mime_type.partition(";")[0])
        body, content_type = encode_multipart_formdata([*fields.items(), ("file", file)])
        answer = self._ask("audio/transcriptions", content_type, body, seconds)
        if answer.status != 200:
            raise _refusal(answer)
        heard = refusals.body_of(answer)
        text = heard.get("text") if isinstance(heard, Mapping) else None
        if not isinstance(text, str):
            raise Away(refusals.words(heard) or _("The answer is no transcript."))
        return text.strip()

    def _ask(self, path: str, content_type: str, body: bytes, seconds: float) -> Answer:
        key = self._settings.api_key
        call = Call(
            method="POST",
            url=f"{self._settings.base_url.rstrip('/')}/{path}",
            headers={"Content-Type": content_type, **({"Authorization": f"Bearer {key}"} if key else {})},
            body=body,
            seconds=seconds,
            largest=LARGEST_SOUND,
        )
        try:
            return self._settings.outside.send(call)
        except (NotAllowed, Moved) as exc:
            advice = _("Correct the address of the AI provider.")
            raise Refused(_problem(_("The speech service cannot be called"), str(exc), advice)) from None
        except OutsideError as exc:
            raise Away(str(exc)) from None


def _ending(sound: Sound) -> str:
    return sound.name.rpartition(".")[2].lower()


def _hint(language: str) -> str:
    """The language as ISO 639-1 has it, which is what services know."""
    base = re.split("[-_]", language.strip().lower())[0]
    return base if re.fullmatch("[a-z]{2}", base) else ""


def _is_about_the_format(answer: Answer) -> bool:
    return "format" in refusals.words(refusals.body_of(answer)).lower()


def _refusal(answer: Answer) -> SpeechError:
    """What a status other than 200 means."""
    body = refusals.body_of(answer)
    said = refusals.words(body) or f"HTTP {answer.status}"
    if answer.status == 429 and refusals.code(body) == "insufficient_quota":
        return Refused(
            _problem(_("The speech service's quota is used up"), said, _("Top up the account at the provider."))
        )
    if answer.status in refusals.PERHAPS_LATER:
        return Away(said, refusals.retry_after(answer))
    match answer.status:
        case 401 | 403:
            advice = _("Enter a valid key at the AI provider, one that may use this model.")
            return Refused(_problem(_("The speech service refuses the key"), said, advice))
        case 404:
            advice = _("See that the names of the models are right, and that the address ends where it should (/v1).")
            return Refused(_problem(_("The speech service knows no such model"), said, advice))
        case 413:
            return TooLong(said)
    return Unfit(said)


def _problem(title: str, detail: str, advice: str) -> Problem:
    return Problem(code=0, title=title, detail=detail[:500], advice=advice)
