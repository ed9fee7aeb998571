"""Setting up a bot: which engines there are, what each takes, and when a bot may go."""

from collections.abc import Iterable, Mapping
from inspect import Parameter, signature
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from channels_app import clock
from channels_app.bots.models import Bot
from channels_app.errors import InUse

SPEECH_FIELDS = frozenset({"ai_provider", "transcription_model", "speech_model", "voice"})


def engines() -> list[str]:
    """The names of the engines that this installation has."""
    return sorted(settings.BOT_ENGINES)


def check(engine: str, config: object, speech: object) -> None:
    """Raises ValidationError, by field, where the engine does not exist or does not take such a configuration."""
    if engine not in settings.BOT_ENGINES:
        raise ValidationError({"engine": f"There is no such engine here. Choose one of: {', '.join(engines())}."})
    if complaint := _complaint(engine, config):
        raise ValidationError({"config": complaint})
    if complaint := _complaint_of_speech(speech):
        raise ValidationError({"speech": complaint})


def save(bot: Bot, changes: Mapping[str, Any]) -> None:
    """Keep checked `changes`."""
    for name, value in changes.items():
        setattr(bot, name, value)
    if bot._state.adding:
        bot.save(force_insert=True)
    elif changes:
        bot.save(update_fields=[*changes, "updated_at"])


def live_channels(bot: Bot) -> Any:
    """The channels that `bot` answers, as rows."""
    return bot.channels.filter(deleted_at=None)


@transaction.atomic
def delete(bot: Bot) -> None:
    """Let go of a bot. Raises `InUse` while a channel needs it."""
    Bot.objects.select_for_update(no_key=True).get(pk=bot.pk, deleted_at=None)
    count = live_channels(bot).count()
    if count:
        these = "1 channel is" if count == 1 else f"{count} channels are"
        raise InUse(f"{these} answered by this bot. Delete them first, or give them another bot.")
    now = clock.now()
    Bot.objects.filter(pk=bot.pk).update(deleted_at=now, is_active=False, updated_at=now)


def _complaint(engine: str, config: object) -> str:
    if not isinstance(config, dict):
        return "This is an object, such as {}."
    takes = _parameters(engine)
    strange = [str(name) for name in config if name not in takes]
    if strange:
        known = f"It takes: {_listed(takes)}." if takes else "It takes nothing but {}."
        return f"The engine {engine} takes no {_listed(strange)}. {known}"
    missing = [name for name, parameter in takes.items() if parameter.default is Parameter.empty and name not in config]
    return f"The engine {engine} needs {_listed(missing)}." if missing else ""


def _parameters(engine: str) -> Mapping[str, Parameter]:
    return signature(import_string(settings.BOT_ENGINES[engine])).parameters


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name[:40]}”" for name in names)


def _complaint_of_speech(speech: object) -> str:
    if speech is None:
        return ""
    if not isinstance(speech, dict) or not speech.keys() <= SPEECH_FIELDS or "ai_provider" not in speech:
        return f"This is null, or an object with {_listed(sorted(SPEECH_FIELDS))}."
    return "This team has no such AI provider. Use null."
