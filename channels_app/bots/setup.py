"""Setting up a bot: which engines there are, what each takes, and when a bot may go."""

import re
from collections.abc import Mapping
from inspect import Parameter, signature
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from channels_app import clock
from channels_app.bots import config as configs
from channels_app.bots import wiring
from channels_app.bots.config import LONGEST_SECRET, BadConfig, Complaints, OwnAiProvider, Secret
from channels_app.bots.models import AiProvider, Bot
from channels_app.errors import InUse
from channels_app.fields import is_kept, mask

SPEECH_FIELDS = ("ai_provider", "transcription_model", "speech_model", "voice", "language", "engine")
SPEECH_MODELS = ("transcription_model", "speech_model")
LONGEST_SPEECH = 200
ANY_LANGUAGE = "auto"
LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}|auto")
NO_PROVIDER = gettext_noop("This team has no such AI provider.")
GONE = gettext_lazy("The AI provider was deleted meanwhile. Choose another.")


class NotThisConfig(ValidationError):
    """The engine does not take this configuration. `complaints` are by setting; the empty name is for the whole."""

    def __init__(self, complaints: Complaints) -> None:
        said = [f"{name}: {each}" if name else each for name, about in complaints.items() for each in about]
        super().__init__({"config": said})
        self.complaints = complaints


class NotThisSpeech(ValidationError):
    """These speech settings do not do: `said` is why, and `about` the one that is wrong, "" for all of them."""

    def __init__(self, said: str, about: str = "") -> None:
        super().__init__({"speech": f"{about}: {said}" if about else said})
        self.said, self.about = said, about


def engines() -> list[str]:
    """The names of the engines that this installation has."""
    return sorted(settings.BOT_ENGINES)


def clean(bot: Bot, changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` as they may be saved, as columns of `bot`, whose team is known.

    Raises ValidationError, by field, where the engine does not exist, and `NotThisConfig` where it takes another one.
    """
    engine = changes.get("engine", bot.engine)
    if engine not in settings.BOT_ENGINES:
        raise ValidationError({"engine": f"There is no such engine here. Choose one of: {', '.join(engines())}."})
    given = dict(changes)
    if {"engine", "config"} & given.keys():
        try:
            given |= clean_config(bot, engine, given.get("config", shown_config(bot)))
        except BadConfig as exc:
            raise NotThisConfig(exc.complaints) from exc
    if "speech" in given:
        given["speech"] = _clean_speech(bot, given["speech"])
    return given


def clean_config(bot: Bot, engine: str, config: object) -> dict[str, Any]:
    """A configuration as columns: `config`, `ai_provider` and `secret`. A secret that came back masked stays.

    Raises `BadConfig`, whose complaints are by setting; the empty name is for the whole.
    """
    if not isinstance(config, dict):
        raise BadConfig({"": ["This is an object, such as {}."]})
    takes = wiring.described(engine)
    if takes is None:
        if complaint := _complaint(engine, config):
            raise BadConfig({"": [complaint]})
        return {"config": config, "ai_provider": None, "secret": ""}
    kept = {**config}
    secret = ""
    for name in (setting.name for setting in takes if isinstance(setting, Secret)):
        secret = _secret(bot, engine, kept.pop(name, ""))
    read = configs.read([s for s in takes if not isinstance(s, Secret)], kept, wiring.allowed())
    provider = None
    for name in (setting.name for setting in takes if isinstance(setting, OwnAiProvider)):
        provider = ai_provider(bot, read.pop(name, None))
        if provider is None:
            raise BadConfig({name: [NO_PROVIDER]})
    return {"config": read, "ai_provider": provider, "secret": secret}


def shown_config(bot: Bot) -> dict[str, Any]:
    """The configuration as it is told to people and programs: with the id of its AI provider, and a masked secret."""
    shown = {**bot.config}
    for setting in (wiring.described(bot.engine) if bot.engine in settings.BOT_ENGINES else None) or ():
        if isinstance(setting, OwnAiProvider) and bot.ai_provider_id:
            shown[setting.name] = str(bot.ai_provider_id)
        elif isinstance(setting, Secret) and bot.secret:
            shown[setting.name] = mask(bot.secret)
    return shown


def ai_provider(bot: Bot, pk: object) -> AiProvider | None:
    """The AI provider of this id, if it is one of the bot's own team."""
    try:
        wanted = UUID(str(pk))
    except ValueError:
        return None
    found: AiProvider | None = AiProvider.objects.for_team(bot.team_id).filter(pk=wanted, deleted_at=None).first()
    return found


@transaction.atomic
def save(bot: Bot, changes: Mapping[str, Any]) -> None:
    """Keep cleaned `changes`. Raises ValidationError where the AI provider was deleted meanwhile."""
    for name, value in changes.items():
        setattr(bot, name, value)
    needed = _needed_providers(bot, changes)
    rows = AiProvider.objects.select_for_update(no_key=True).filter(pk__in=needed.values(), deleted_at=None)
    held = {row.pk for row in rows.order_by("pk")} if needed else set()
    if gone := {field: GONE for field, pk in needed.items() if pk not in held}:
        raise ValidationError(gone)
    if bot._state.adding:
        bot.save(force_insert=True)
    elif changes:
        bot.save(update_fields=[*changes, "updated_at"])


def live_channels(bot: Bot) -> Any:
    """The channels that `bot` answers, as rows."""
    return bot.channels.filter(deleted_at=None)


@transaction.atomic
def delete(bot: Bot) -> None:
    """Let go of a bot and its secret. Raises `InUse` while a channel needs it."""
    Bot.objects.select_for_update(no_key=True).get(pk=bot.pk, deleted_at=None)
    count = live_channels(bot).count()
    if count:
        said = ngettext(
            "%(count)d channel is answered by this bot. Delete it first, or give it another bot.",
            "%(count)d channels are answered by this bot. Delete them first, or give them another bot.",
            count,
        )
        raise InUse(said % {"count": count})
    now = clock.now()
    Bot.objects.filter(pk=bot.pk).update(deleted_at=now, is_active=False, secret="", updated_at=now)


def _secret(bot: Bot, engine: str, given: object) -> str:
    """The secret that is meant: the one that is there, where `given` is empty or masked; none where it is null."""
    if given is None:
        return ""
    if not isinstance(given, str) or len(given) > LONGEST_SECRET or "\0" in given:
        raise BadConfig({"secret": [f"This is a text of at most {LONGEST_SECRET} characters."]})
    if is_kept(given):
        return bot.secret if engine == bot.engine else ""
    return given


def _complaint(engine: str, config: Mapping[Any, Any]) -> str:
    """What is wrong with the configuration of an engine that does not describe its settings."""
    takes: Mapping[str, Parameter] = signature(wiring.engine_class(engine)).parameters
    strange = [str(name) for name in config if name not in takes]
    if strange:
        known = f"It takes: {_listed(takes)}." if takes else "It takes nothing but {}."
        return f"The engine {engine} takes no {_listed(strange)}. {known}"
    missing = [name for name, parameter in takes.items() if parameter.default is Parameter.empty and name not in config]
    return f"The engine {engine} needs {_listed(missing)}." if missing else ""


def _listed(names: Any) -> str:
    return ", ".join(f"“{name[:40]}”" for name in names)


def _needed_providers(bot: Bot, changes: Mapping[str, Any]) -> dict[str, UUID]:
    """The AI providers that `changes` bring in, by the field that names them."""
    found = {}
    if "ai_provider" in changes and bot.ai_provider_id is not None:
        found["config"] = bot.ai_provider_id
    if "speech" in changes and bot.speech and bot.speech.get("ai_provider"):
        found["speech"] = UUID(bot.speech["ai_provider"])
    return found


def _clean_speech(bot: Bot, speech: object) -> dict[str, str | None] | None:
    """Speech settings as they are kept. Raises `NotThisSpeech`."""
    if speech is None:
        return None
    if not isinstance(speech, dict) or not speech.keys() <= set(SPEECH_FIELDS) or "ai_provider" not in speech:
        raise NotThisSpeech(f"This is null, or an object with {_listed(SPEECH_FIELDS)}.")
    told = {name: value for name, value in speech.items() if value is not None}
    if not all(isinstance(value, str) and len(value) <= LONGEST_SPEECH for value in told.values()):
        raise NotThisSpeech(f"Each of these is a text of at most {LONGEST_SPEECH} characters.")
    if any("\0" in value for value in told.values()):
        raise NotThisSpeech("There is a character in it that cannot be kept: the one with the number 0.")
    if not LANGUAGE.fullmatch(told.get("language") or ANY_LANGUAGE):
        raise NotThisSpeech("This is a code such as en or pt-BR, or auto.", "language")
    if (told.get("engine") or "openai") not in settings.SPEECH:
        raise NotThisSpeech(
            f"There is no such one here. Choose one of: {', '.join(sorted(settings.SPEECH))}.", "engine"
        )
    if told.get("voice") and not told.get("speech_model") and not told.get("engine"):
        _see_that_it_is_built_in(told["voice"])
    if not told.get("ai_provider"):
        if any(told.get(name) for name in SPEECH_MODELS) and not told.get("engine"):
            raise NotThisSpeech("A model needs an AI provider. Choose one, or leave the models empty.")
        return {**told, "ai_provider": None}
    provider = ai_provider(bot, told["ai_provider"])
    if provider is None:
        raise NotThisSpeech(f"{NO_PROVIDER} Use null, or make it first.")
    return {**told, "ai_provider": str(provider.pk)}


def _see_that_it_is_built_in(voice: str) -> None:
    """Without a model that speaks, `voice` is one of the built-in ones. Raises `NotThisSpeech`."""
    knows = getattr(import_string(settings.SPEECH[settings.BUILT_IN_VOICE]), "knows", None)
    if knows is not None and not knows(voice):
        raise NotThisSpeech("There is no such built-in voice. It has en-gb, es, sw and many others.", "voice")
