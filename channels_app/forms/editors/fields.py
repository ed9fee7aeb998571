"""The field of an editor, beside which its value may be written as JSON."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from channels_app.bots import wiring
from channels_app.bots.config import Setting, fit
from channels_app.forms.editors.drafts import Data, Draft, sentences
from channels_app.forms.of_settings import WrittenField

MARKED = _("Something is not right yet. It is marked below.")


@dataclass
class AsJson:
    """A value that is written as JSON. `wrong` is why it cannot be shown in the editor."""

    text: str
    wrong: str = ""
    template = "channels_app/editors/_json.html"


Shown = Draft | AsJson


class EditorWidget(forms.Widget):
    """Reads what was filled in; what is shown is up to the template of the draft."""

    field: "EditedField"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Shown:
        if f"{name}-as" not in data:
            return self._of_json(data, name)
        draft = self.field.draft.entered(data, name)
        deed, _space, key = str(data.get(f"{name}-do", "")).partition(" ")
        if deed == "json":
            return AsJson(self.field.as_json(draft.value))
        draft.rearrange(deed, key)
        return draft

    def _of_json(self, data: Data, name: str) -> Shown:
        text = str(data.get(name) or "")
        if data.get(f"{name}-do") != "fields":
            return AsJson(text)
        try:
            return self.field.shown(self.field.read(text), name)
        except ValidationError as exc:
            return AsJson(text, wrong=" ".join(exc.messages))


class EditedField(forms.Field):
    """A setting in pieces. Its rules stay those of the setting; the draft knows which piece each is about."""

    widget = EditorWidget

    def __init__(self, draft: type[Draft], setting: Setting, **options: Any) -> None:
        super().__init__(**options)
        self.draft, self.setting = draft, setting
        self.written = WrittenField(required=False)
        self.widget.field = self

    def clean(self, value: Any) -> Any:
        if isinstance(value, AsJson):
            return self.written.clean(value.text)
        if value.complain():
            raise ValidationError(MARKED)
        return value.value

    def read(self, text: str) -> Any:
        """JSON that the setting takes. Raises ValidationError."""
        value = self.written.clean(text)
        try:
            return None if self.setting.is_missing(value) else fit(self.setting.read(value, wiring.allowed()))
        except ValueError as exc:
            raise ValidationError(sentences(exc.args)) from exc

    def shown(self, value: Any, name: str) -> Shown:
        """The draft of a value; as JSON where it is more than an editor can show."""
        draft = self.draft.of(value, name)
        return draft if draft.fits else AsJson(self.as_json(value))

    def as_json(self, value: Any) -> str:
        """As `written` reads it: a text is itself, unless it looks like JSON."""
        if isinstance(value, str) and value.strip().startswith(("{", "[")):
            value = {"text": value}
        return str(self.written.prepare_value(value) or "")

    def get_bound_field(self, form: Any, field_name: str) -> "EditedBoundField":
        return EditedBoundField(form, self, field_name)


class EditedBoundField(forms.BoundField):
    """One draft for the whole life of the form, so that what is wrong with it is still there when it is shown."""

    field: EditedField

    @cached_property
    def data(self) -> Any:
        return super().data

    @cached_property
    def shown(self) -> Shown:
        if self.form.is_bound:
            return self.data  # type: ignore[no-any-return]
        return self.field.shown(self.initial, self.html_name)

    @property
    def is_filled_in(self) -> bool:
        return bool(self.shown.text if isinstance(self.shown, AsJson) else self.shown.value)
