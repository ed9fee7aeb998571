"""What the forms share: their rules are those of the product, and each complaint stands where it can be mended."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from channels_app.teams.audit import SYSTEM, Actor

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

KEPT = _("Kept as it is while this stays empty.")


class SecretField(forms.CharField):
    """A secret: typed unseen, and never shown again."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"})
        super().__init__(widget=widget, max_length=4096, **options)


class RuledForm(ModelForm):
    """A form whose rules are those of the product: each of its complaints stands at the field that can mend it.

    `changes` are then what is to be saved, of those fields that the rules are about.
    """

    about: ClassVar[Sequence[str]] = ()
    changes: dict[str, Any]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = {name: value for name, value in cleaned.items() if name in self.about}
        if self.lacks(given):
            return cleaned
        try:
            self.changes = self.ruled(given)
        except ValidationError as exc:
            for name, said in exc.message_dict.items():
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, said)
        else:
            cleaned |= self.changes
        return cleaned

    def lacks(self, given: Mapping[str, Any]) -> bool:
        """Whether the fields themselves say already what is wrong, so that the rules have nothing to go by."""
        return False

    def ruled(self, given: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def keep(self, by: Actor = SYSTEM) -> None:
        raise NotImplementedError

    def save(self, commit: bool = True) -> Any:
        """Without `commit` nothing is saved: that is then up to whoever asked, as with any form of a model."""
        if not commit:
            return super().save(commit=False)
        self.keep()
        return self.instance
