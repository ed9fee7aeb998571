"""The engines in words, for those who choose one."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels_app.bots import setup

WORDS: dict[str, tuple[Any, Any, str]] = {
    "echo": (_("Echo"), _("Answers with what it got. For first steps."), "arrow-uturn-left"),
    "llm": (_("Language model"), _("Answers with a model of one of your AI providers, and a prompt."), "sparkles"),
    "rules": (_("Rules"), _("Answers words and menus with what you wrote. No AI."), "list-bullet"),
    "http": (_("Your program"), _("Asks a program of yours, over HTTPS."), "globe-alt"),
    "python": (_("Python"), _("Asks handlers that are installed on this server."), "code-bracket"),
}


@dataclass(frozen=True, slots=True)
class EngineOnOffer:
    name: str
    title: Any
    about: Any
    icon: str


def on_offer(name: str) -> EngineOnOffer:
    """An engine as it is shown; one that we have no words for goes by its name."""
    title, about, icon = WORDS.get(name, (name, _("An engine of this installation."), "cpu-chip"))
    return EngineOnOffer(name, title, about, icon)


def engines_on_offer() -> list[EngineOnOffer]:
    known = [name for name in WORDS if name in setup.engines()]
    return [on_offer(name) for name in (*known, *(name for name in setup.engines() if name not in WORDS))]
