"""Wiring: a bot's row becomes the engine that answers for it, with the means of its team and nobody else's."""

from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from channels_app.bots.config import Allowed, OwnAiProvider, Secret, Setting
from channels_app.bots.contract import CannotAnswer, Engine
from channels_app.bots.means import AiEndpoint, Means
from channels_app.bots.models import AiProvider, Bot
from channels_app.errors import Problem
from channels_app.outside import Outside
from channels_app.phrases import marked as _

KEPT_APART = (OwnAiProvider, Secret)


def engine_class(name: str) -> Any:
    """The class that `settings.BOT_ENGINES` has under this name. Raises KeyError."""
    return import_string(settings.BOT_ENGINES[name])


def described(name: str) -> tuple[Setting, ...] | None:
    """The settings of an engine that describes them; `None` of one that takes what its class takes."""
    return getattr(engine_class(name), "settings", None)


def allowed() -> Allowed:
    """What this installation allows its teams."""
    return Allowed(private_hosts=tuple(settings.OUTBOUND_PRIVATE_HOSTS), handlers=tuple(settings.BOT_HANDLERS))


def engine_for(bot: Bot) -> Engine:
    """The engine of `bot`, ready to be asked. Raises `CannotAnswer` where this installation has no such engine."""
    try:
        made = engine_class(bot.engine)
    except (KeyError, ImportError) as exc:
        raise CannotAnswer(_unknown(bot.engine), is_final=True) from exc
    takes = described(bot.engine)
    if takes is None:
        return cast(Engine, made(**bot.config))
    told = {s.name: bot.config.get(s.name, s.default) for s in takes if not isinstance(s, KEPT_APART)}
    return cast(Engine, made(means=_means(bot), **told))


def outside() -> Outside:
    """Calls to addresses that a team names."""
    return _outside(allowed().private_hosts)


def _means(bot: Bot) -> Means:
    rules = allowed()
    return Means(
        outside=_outside(rules.private_hosts),
        ai=_endpoint(bot.ai_provider),
        secret=bot.secret,
        handlers=rules.handlers,
    )


def _endpoint(provider: AiProvider | None) -> AiEndpoint | None:
    if provider is None or provider.deleted_at is not None:
        return None
    return AiEndpoint(base_url=provider.base_url, api_key=provider.api_key)


@lru_cache(maxsize=4)
def _outside(private_hosts: tuple[str, ...]) -> Outside:
    return Outside(private_hosts)


def _unknown(engine: str) -> Problem:
    return Problem(
        code=0,
        title=_("The bot's engine is not there"),
        detail=f"This installation has no engine {engine}.",
        advice=_("Choose another engine for the bot, or have whoever runs this server add it to BOT_ENGINES."),
    )
