"""A bot's speech settings as fields of its form: what hears voice notes, and what speaks."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_app.bots.setup import SPEECH_MODELS
from channels_app.forms.of_settings import OwnAiProviderField
from channels_app.models import AiProvider, Team

PREFIX = "speech_"
ASKED = ("ai_provider", "transcription_model", "speech_model", "voice", "language")
LONGEST = 200
WORDS: dict[str, tuple[Any, Any, str]] = {
    "transcription_model": (
        _("Model that hears"),
        _("Transcribes voice notes. Empty: nothing does, and the bot is told that one came."),
        "whisper-1",
    ),
    "speech_model": (_("Model that speaks"), _("Empty: the built-in voice does."), "tts-1"),
    "voice": (_("Voice"), _("As the service calls it, or one of the built-in voice: en-gb, es, sw …"), "nova"),
    "language": (
        _("Language"),
        _("What people speak, such as pt. Empty: that of the channel's templates. “auto”: several."),
        "",
    ),
}
NO_MODEL = _("Name a model that hears or one that speaks, or choose no AI provider.")


def fields(team: Team | Any) -> dict[str, forms.Field]:
    """The fields, by name; AI providers are those of `team`, given by its row or its id."""
    rows: Any = AiProvider.objects.filter(deleted_at=None)
    provider = OwnAiProviderField(
        rows.for_team(team),
        required=False,
        label=_("AI provider for speech"),
        help_text=_("A service that hears and speaks as OpenAI's does. None: only the built-in voice speaks."),
        empty_label=_("None"),
    )
    made: dict[str, forms.Field] = {f"{PREFIX}ai_provider": provider}
    for name, (label, help_text, example) in WORDS.items():
        look = {"placeholder": example, "spellcheck": "false", "autocomplete": "off"}
        made[f"{PREFIX}{name}"] = forms.CharField(
            label=label, help_text=help_text, max_length=LONGEST, required=False, widget=forms.TextInput(attrs=look)
        )
    return made


def initial(speech: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the fields show of the settings that are there."""
    return {f"{PREFIX}{name}": (speech or {}).get(name) or "" for name in ASKED}


def entered(cleaned: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The settings as they were filled in; what is not asked here stays as it was `before`."""
    said = {name: cleaned.get(f"{PREFIX}{name}") for name in ASKED}
    unasked = {name: value for name, value in (before or {}).items() if name not in ASKED and value}
    told = {name: value for name, value in said.items() if value} | unasked
    return {"ai_provider": None, **told} if told else None


def lacks_a_model(speech: Mapping[str, Any] | None) -> bool:
    """Whether an AI provider was chosen and nothing of it is used."""
    return bool(speech and speech.get("ai_provider") and not any(speech.get(name) for name in SPEECH_MODELS))
