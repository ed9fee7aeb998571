"""The form of a remedy: what we are to do at Meta about one line of a provider's check-up."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from channels_app import onboarding, settling
from channels_app.errors import GatewayError
from channels_app.models import Provider
from channels_app.teams.audit import Actor

ASKED_FOR = {"template": "text", "registration": "pin"}


class RemedyForm(forms.Form):
    """Has the fields that its remedy takes. `said` is what Meta answered where it did not do it."""

    remedy = forms.CharField(widget=forms.HiddenInput)
    about = forms.CharField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=_("Text of the template"),
        help_text=_("People get it outside the 24 hours, with the bot's words in place of {{bot_message}}."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "true"}),
        max_length=1024,
        required=False,
    )
    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("Six digits of your choice, or the number's PIN where two-step verification is on. Keep it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"}),
        max_length=6,
        required=False,
    )

    def __init__(self, data: Any = None, *, provider: Provider, remedy: str, about: str = "") -> None:
        first = {"remedy": remedy, "about": about, "text": onboarding.suggestion(provider.template_language)}
        super().__init__(data, initial=first, auto_id=f"id_{remedy}{about}_%s")
        self.provider, self.kind, self.number = provider, remedy, about
        self.wanted: onboarding.Remedy | None = None
        for name in ("text", "pin"):
            if ASKED_FOR.get(remedy) != name:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            self.wanted = onboarding.clean_remedy({name: str(value) for name, value in cleaned.items()})
        except ValidationError as exc:
            for name, said in exc.message_dict.items():
                self.add_error(name if name in self.fields else None, said)
        return cleaned

    @property
    def complaint(self) -> str:
        """All that is wrong, where there is no form to show it at."""
        return " ".join(each["message"] for said in self.errors.get_json_data().values() for each in said)

    def is_done(self, by: Actor) -> bool:
        """Have Meta do it; where it will not, say why at the form."""
        if not self.is_valid() or self.wanted is None:
            return False
        try:
            settling.mend(self.provider, self.wanted, by)
        except GatewayError as exc:
            told = exc.problem
            self.add_error(None, " ".join(part for part in (told.title, told.detail, told.advice) if part))
            return False
        return True
