"""Means: what an engine may use of the installation and of its team, besides its own configuration."""

from dataclasses import dataclass, field

from channels_app.outside import Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class AiEndpoint:
    """An OpenAI-compatible service: its address up to and with `/v1`, and the key to it."""

    base_url: str
    api_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """`secret` is the bot's own; `handlers` are the dotted paths, or beginnings of them, that the operator allowed."""

    outside: Outside
    ai: AiEndpoint | None = None
    secret: str = field(default="", repr=False)
    handlers: tuple[str, ...] = ()
