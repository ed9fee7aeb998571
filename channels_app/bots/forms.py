"""The form of a bot."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from channels_app.bots import setup
from channels_app.bots.models import Bot

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Bot]
else:
    ModelForm = forms.ModelForm


class BotForm(ModelForm):
    """A bot. Its engine says what the configuration may be."""

    engine = forms.ChoiceField()

    class Meta:
        model = Bot
        fields = ["name", "engine", "config", "speech", "hears_reactions", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engine"].choices = [(name, name) for name in setup.engines()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not {"engine", "config", "speech"} & self.errors.keys():
            cleaned["config"] = cleaned.get("config") or {}
            cleaned["speech"] = cleaned.get("speech") or None
            try:
                setup.check(cleaned["engine"], cleaned["config"], cleaned["speech"])
            except ValidationError as exc:
                self.add_error(None, exc)
        return cleaned
