"""The form of a bot as the web shows it: one engine, its settings, and how the bot hears and speaks."""

from dataclasses import dataclass
from inspect import signature
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from channels_app.bots import setup, wiring
from channels_app.bots.config import Zone
from channels_app.forms import editors, speech
from channels_app.forms.bots import BotForm, engine_fields, form_of_bots
from channels_app.forms.of_settings import OwnAiProviderField
from channels_app.models import AiProvider
from channels_app.told import told

FIRST = 3
"""Settings of an engine that are seen at once."""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that are shown together, and at once where something is in them, or wrong with them."""

    title: str
    fields: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        return any(field.errors or getattr(field, "is_filled_in", False) for field in self.fields)


class WebBotForm(BotForm):
    """A bot with one engine, chosen before, and the settings of that engine alone. To be made by `web_bot_form`."""

    def __init__(self, *args: Any, engine: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.engine_name = engine
        self.settings = {f"{engine}_{setting.name}": setting for setting in wiring.described(engine) or ()}
        self.own = [name for name, setting in self.settings.items() if not setting.group]
        self.initial["engine"] = engine
        self.fields["engine"].widget = forms.HiddenInput()
        del self.fields["speech"]
        self.fields.update(speech.fields(self.instance.team_id))
        self.initial.update(speech.initial(self.instance.speech))
        self.takes_config = wiring.described(engine) is None and bool(signature(wiring.engine_class(engine)).parameters)
        self.fields["config"].disabled = not self.takes_config
        for name in [name for names in engine_fields().values() for name in names if name not in self.settings]:
            del self.fields[name]
        for name, setting in self.settings.items():
            self.fields[name] = editors.editor_for(setting) or self.fields[name]
            if isinstance(setting, Zone):
                self.fields[name].widget.attrs |= {"list": "zones", "autocomplete": "off"}
        for field in self.fields.values():
            if isinstance(field, OwnAiProviderField):
                field.queryset = AiProvider.objects.for_team(self.instance.team_id).filter(deleted_at=None)
        for name, (label, help_text) in BOT_WORDS.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text

    @property
    def is_rearranged(self) -> bool:
        """Whether nothing is to be saved yet, and nothing to be said of what is not there yet."""
        return self.is_bound and editors.is_rearranged(self.fields, self.data)

    def full_clean(self) -> None:
        if self.is_rearranged:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not self.is_rearranged and super().is_valid()

    @property
    def is_edited(self) -> bool:
        """Whether there are editors in it, which go better with a script."""
        return any(isinstance(field, editors.EditedField) for field in self.fields.values())

    @property
    def zones(self) -> list[str]:
        """Time zones to choose from, where one is asked for."""
        asked = any(isinstance(setting, Zone) for setting in self.settings.values())
        return sorted(available_timezones()) if asked else []

    @property
    def groups(self) -> list[Group]:
        """Settings that belong together, under the name that the engine gives them."""
        titles = dict.fromkeys(setting.group for setting in self.settings.values() if setting.group)
        return [
            Group(told(title), [self[name] for name, setting in self.settings.items() if setting.group == title])
            for title in titles
        ]

    @property
    def first(self) -> list[forms.BoundField]:
        """What one has to say; the rest is good as it is."""
        return [self[name] for name in ("name", *self.own[:FIRST], *(["config"] if self.takes_config else []))]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in (*self.own[FIRST:], "hears_reactions", "is_active")]

    @property
    def more_is_wrong(self) -> bool:
        return any(field.errors for field in self.more)

    @property
    def spoken(self) -> list[forms.BoundField]:
        """How it hears and speaks."""
        return [self[f"{speech.PREFIX}{name}"] for name in speech.ASKED]

    @property
    def spoken_is_open(self) -> bool:
        return bool(self.instance.speech) or any(field.errors for field in self.spoken)

    def _speech(self) -> dict[str, Any] | None:
        told = speech.entered(self.cleaned_data, self.instance.speech)
        if speech.lacks_a_model(told):
            self.add_error(f"{speech.PREFIX}transcription_model", speech.NO_MODEL)
        return told

    def _not_this_speech(self, wrong: setup.NotThisSpeech) -> None:
        name = f"{speech.PREFIX}{wrong.about or 'ai_provider'}"
        self.add_error(name if name in self.fields else None, wrong.said)


def web_bot_form(*args: Any, **kwargs: Any) -> WebBotForm:
    made: Any = form_of_bots(WebBotForm)
    form: WebBotForm = made(*args, **kwargs)
    return form


BOT_WORDS: dict[str, tuple[Any, Any]] = {
    "name": (_("Name"), ""),
    "hears_reactions": (
        _("Reactions are turns of their own"),
        _("The bot hears of a reaction to one of its messages."),
    ),
    "is_active": (_("Active"), _("Not active: what people write is held, and answered once it is active again.")),
}
