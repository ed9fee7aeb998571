"""Fields of a form, made of what an engine says of its settings. The rules about them are the setting's own."""

import json
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from channels_app.bots.config import Listed, Number, OwnAiProvider, Secret, Setting, Switch, Words
from channels_app.forms.ruled import KEPT
from channels_app.models import AiProvider, Bot
from channels_app.told import told

lazy_told = lazy(told, str)


class LinesField(forms.CharField):
    """A list of words, one in a line."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return (
            value if isinstance(value, list) else [line.strip() for line in (value or "").splitlines() if line.strip()]
        )


class WrittenField(forms.CharField):
    """JSON, or a text where the setting takes one: what begins like JSON has to be some."""

    widget = forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip()
        if not text.startswith(("{", "[")):
            return text or None
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as exc:
            where = (
                _("line %(line)d, column %(column)d: %(why)s")
                % {"line": exc.lineno, "column": exc.colno, "why": exc.msg}
                if isinstance(exc, json.JSONDecodeError)
                else _("too deep")
            )
            raise forms.ValidationError(_("This is not JSON (%(where)s).") % {"where": where}) from exc


class OwnAiProviderField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Gives the id, as a configuration holds it."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return str(found.pk) if found else None

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.base_url})"


def field_for(setting: Setting) -> forms.Field:
    """A field in which `setting` is entered. None is required: that depends on the engine that is chosen."""
    about: dict[str, Any] = {"label": lazy_told(setting.label), "help_text": lazy_told(setting.help), "required": False}
    match setting:
        case OwnAiProvider():
            return OwnAiProviderField(AiProvider.objects.none(), **about)
        case Secret():
            widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"})
            return forms.CharField(widget=widget, strip=False, **about)
        case Switch():
            return forms.BooleanField(initial=setting.default, **about)
        case Number(fraction=True):
            return forms.FloatField(initial=setting.default, **about)
        case Number():
            return forms.IntegerField(initial=setting.default, **about)
        case Listed():
            return LinesField(**about)
        case Words(long=True):
            rows = forms.Textarea(attrs={"rows": 4})
            return forms.CharField(widget=rows, strip=False, initial=setting.default, **about)
        case Words():
            return forms.CharField(initial=setting.default, **about)
    return WrittenField(**about)


def fill_in(field: forms.Field, setting: Setting, bot: Bot | None) -> None:
    """Add what can only be said of a field when the bot is known: whose AI providers there are, that a secret is."""
    if isinstance(field, OwnAiProviderField):
        rows: Any = AiProvider.objects.filter(deleted_at=None)
        field.queryset = rows.for_team(bot.team_id) if bot is not None else rows
    if isinstance(setting, Secret) and bot is not None and bot.secret:
        field.help_text = KEPT
