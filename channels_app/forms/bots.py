"""The form of a bot: what all have in common, and for each engine the settings that it describes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from channels_app import settling
from channels_app.bots import setup, wiring
from channels_app.bots.config import BadConfig, Complaints
from channels_app.forms.of_settings import field_for, fill_in
from channels_app.forms.ruled import ModelForm
from channels_app.models import Bot, Team
from channels_app.teams.audit import SYSTEM, Actor
from channels_app.told import told

COMMON = ("name", "engine", "hears_reactions", "is_active")


def engine_fields() -> dict[str, list[str]]:
    """The names of the form's fields by engine, for those that describe their settings."""
    return {
        engine: [f"{engine}_{setting.name}" for setting in settings]
        for engine in setup.engines()
        if (settings := wiring.described(engine))
    }


def form_of_bots(base: "type[BotForm]") -> "type[BotForm]":
    """`base` with a field for each setting of each engine, all there when its class is made, as the admin wants it."""
    fields = {
        f"{engine}_{setting.name}": field_for(setting)
        for engine in setup.engines()
        for setting in wiring.described(engine) or ()
    }
    return type(base.__name__, (base,), fields)


class BotForm(ModelForm):
    """A bot. Only the settings of the engine that is chosen count; `config` is for engines that describe none.

    To be used by way of `form_of_bots`. `changes` are the columns to be saved.
    """

    engine = forms.ChoiceField()
    config = forms.JSONField(required=False, help_text=_("Of an engine that has no fields here, as JSON."))
    changes: dict[str, Any]

    class Meta:
        model = Bot
        fields = (*COMMON, "config", "speech")

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if team is not None:
            self.instance.team = team
        self.fields["engine"].choices = [(name, name) for name in setup.engines()]  # type: ignore[attr-defined]
        for engine in engine_fields():
            for setting in wiring.described(engine) or ():
                name = f"{engine}_{setting.name}"
                here = engine == self.instance.engine and not self.instance._state.adding
                fill_in(self.fields[name], setting, self.instance if here else None)
                if here:
                    self.initial[name] = setup.shown_config(self.instance).get(setting.name, setting.default)
        if self.instance.engine in engine_fields():
            self.initial["config"] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.team = cleaned.get("team") or self.instance.team
        if self.errors:
            self._complain_of_settings(cleaned)
            return cleaned
        given = {name: cleaned[name] for name in COMMON} | {"speech": self._speech()}
        try:
            self.changes = settling.clean_bot(self.instance, {**given, "config": self._config(cleaned["engine"])})
        except setup.NotThisConfig as exc:
            self._complain(cleaned["engine"], exc.complaints)
        except setup.NotThisSpeech as exc:
            self._not_this_speech(exc)
        except ValidationError as exc:
            self.add_error(None, exc)
        else:
            cleaned |= {name: value for name, value in self.changes.items() if name in self.fields}
        return cleaned

    def _complain_of_settings(self, cleaned: dict[str, Any]) -> None:
        """What is wrong beside what the fields say already, so that all of it is told at once."""
        engine = cleaned.get("engine")
        if engine is None or "config" in self.errors:
            return
        try:
            setup.clean_config(self.instance, engine, self._config(engine))
        except BadConfig as exc:
            self._complain(engine, exc.complaints)

    def _complain(self, engine: str, complaints: Complaints) -> None:
        for name, said in complaints.items():
            field = f"{engine}_{name}"
            if field not in self.errors:
                self.add_error(field if field in self.fields else "config", [told(each) for each in said])

    def save(self, commit: bool = True) -> Any:
        """Without `commit` nothing is saved: that is then up to whoever asked, as with any form of a model."""
        if not commit:
            return super().save(commit=False)
        self.keep()
        return self.instance

    def keep(self, by: Actor = SYSTEM) -> None:
        settling.save_bot(self.instance, self.changes, by)

    def _speech(self) -> dict[str, Any] | None:
        """The speech settings that were entered."""
        return self.cleaned_data.get("speech") or None

    def _not_this_speech(self, wrong: setup.NotThisSpeech) -> None:
        self.add_error(None, wrong)

    def _config(self, engine: str) -> Any:
        """What was entered for this engine, as its configuration."""
        settings = wiring.described(engine)
        if settings is None:
            return self.cleaned_data.get("config") or {}
        entered = {setting.name: self.cleaned_data.get(f"{engine}_{setting.name}") for setting in settings}
        return {name: value for name, value in entered.items() if value not in (None, "", [])}
