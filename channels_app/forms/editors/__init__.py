"""Editors: settings that are filled in piece by piece, by those who write no JSON.

An engine says nothing of them: what has an editor is a kind of setting, whichever engine takes it.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_app.bots.config import Setting
from channels_app.bots.rules.settings import Dates, Hours, Replies, Rules
from channels_app.forms.editors.answers import AnswerDraft
from channels_app.forms.editors.drafts import Draft
from channels_app.forms.editors.fields import EditedField
from channels_app.forms.editors.hours import HoursDraft
from channels_app.forms.editors.rules import RulesDraft
from channels_app.forms.of_settings import LinesField, lazy_told

DATES_HELP = _("Dates without business, one in a line, such as 2026-12-25.")
__all__ = ["EditedField", "editor_for", "is_rearranged"]

EDITORS: Mapping[type[Setting], type[Draft]] = {Rules: RulesDraft, Replies: AnswerDraft, Hours: HoursDraft}


def editor_for(setting: Setting) -> forms.Field | None:
    """The field in which `setting` is written without JSON; `None` where there is no other than the usual one."""
    label = lazy_told(setting.label)
    if isinstance(setting, Dates):
        rows = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "2026-12-25"})
        return LinesField(label=label, help_text=DATES_HELP, required=False, widget=rows)
    draft = EDITORS.get(type(setting))
    return (
        EditedField(draft, setting, label=label, help_text=lazy_told(setting.help), required=False) if draft else None
    )


def is_rearranged(fields: Mapping[str, forms.Field], data: Mapping[str, Any]) -> bool:
    """Whether a button of an editor was pressed, which saves nothing: a row more, one less, or another place."""
    return any(isinstance(field, EditedField) and f"{name}-do" in data for name, field in fields.items())
