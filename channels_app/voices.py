"""Voices: a bot's speech settings become what speaks and what hears for it, with its team's key and nobody else's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from channels_app.bots import wiring
from channels_app.bots.setup import ANY_LANGUAGE, ai_provider
from channels_app.models import Channel
from channels_app.speech.base import Settings, Sound, Speech, SpeechError, Unfit

log = structlog.get_logger(__name__)

OPENAI, SILENT = "openai", "silent"


def speaking(channel: Channel) -> "Guarded | None":
    """What speaks for the bot of `channel`, by its settings or else built in; `None` where nothing does."""
    told = channel.bot.speech or {}
    name = _engine(channel) if told.get("speech_model") or told.get("engine") else settings.BUILT_IN_VOICE
    speech = _made(name, channel)
    return speech if speech.speaks else None


def hearing(channel: Channel) -> "Guarded | None":
    """What hears for the bot of `channel`; `None` where nothing does."""
    if not channel.bot.speech:
        return None
    speech = _made(_engine(channel), channel)
    return speech if speech.hears else None


def built_in_speaks() -> bool:
    """Whether bots speak that have no voice of their own."""
    made: Any = import_string(settings.SPEECH[settings.BUILT_IN_VOICE])
    return bool(made(Settings(outside=wiring.outside())).speaks)


def _engine(channel: Channel) -> str:
    return str((channel.bot.speech or {}).get("engine") or OPENAI)


def _made(name: str, channel: Channel) -> "Guarded":
    """The engine of this name; a silent one where this installation has it no more."""
    made: Any = import_string(settings.SPEECH.get(name, settings.SPEECH[SILENT]))
    return Guarded(made(_settings(channel)))


class Guarded:
    """An engine that is not ours to trust: whatever it raises is a `SpeechError` to the rest."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self.speaks, self.hears = speech.speaks, speech.hears

    def say(self, text: str) -> Sound:
        with _whatever_happens():
            return self._speech.say(text)

    def hear(self, sound: Sound) -> str:
        with _whatever_happens():
            return self._speech.hear(sound)


@contextmanager
def _whatever_happens() -> Iterator[None]:
    try:
        yield
    except SpeechError:
        raise
    except Exception as exc:
        log.warning("speech_failed", error=type(exc).__name__)
        raise Unfit(f"The speech engine failed: {type(exc).__name__}.") from exc


def _settings(channel: Channel) -> Settings:
    bot = channel.bot
    told: dict[str, Any] = bot.speech or {}
    provider = ai_provider(bot, told["ai_provider"]) if told.get("ai_provider") else None
    return Settings(
        outside=wiring.outside(),
        base_url=provider.base_url if provider else "",
        api_key=provider.api_key if provider else "",
        transcription_model=str(told.get("transcription_model") or ""),
        speech_model=str(told.get("speech_model") or ""),
        voice=str(told.get("voice") or ""),
        language=_language(channel, str(told.get("language") or "")),
    )


def _language(channel: Channel, told: str) -> str:
    """What the settings say, and where they say nothing, the language of the channel's templates."""
    if told == ANY_LANGUAGE:
        return ""
    return told or channel.provider.template_language
