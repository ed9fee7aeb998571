"""The form of a messaging provider: the one door for the web and the admin."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_app import onboarding, settling
from channels_app.forms.ruled import KEPT, RuledForm, SecretField
from channels_app.models import META, Provider, Team
from channels_app.teams.audit import SYSTEM, Actor

PROVIDER_FIELDS = (
    "kind",
    "name",
    "waba_id",
    "access_token",
    "app_secret",
    "verify_token",
    "template_language",
    "app_id",
)


class ProviderForm(RuledForm):
    """A messaging provider. A secret left empty stays what it was."""

    about = PROVIDER_FIELDS

    kind = forms.ChoiceField(label=_("Type"), initial=META)
    access_token = SecretField(label=_("System User Access Token"))
    app_secret = SecretField(label=_("App Secret"))
    verify_token = SecretField(label=_("Webhook Verify Token"))

    class Meta:
        model = Provider
        fields = PROVIDER_FIELDS
        labels = {
            "name": _("Name"),
            "waba_id": _("WhatsApp Business Account ID"),
            "template_language": _("Template Language Code"),
            "app_id": _("App ID"),
        }

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if team is not None:
            self.instance.team = team
        is_new = self.instance._state.adding
        kinds = onboarding.kinds()
        if not is_new:
            kinds = {self.instance.kind: kinds.get(self.instance.kind, self.instance.kind)}
        self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]
        self.fields["kind"].disabled = not is_new
        for name in onboarding.SECRETS:
            self.fields[name].required = is_new
            self.fields[name].help_text = "" if is_new else KEPT
            self.initial.pop(name, None)

    def ruled(self, given: dict[str, Any]) -> dict[str, Any]:
        changes = dict(onboarding.clean_provider(self.instance, given))
        kept = {name: getattr(self.instance, name) for name in onboarding.SECRETS if name not in changes}
        self.cleaned_data |= kept
        return changes

    def keep(self, by: Actor = SYSTEM) -> None:
        settling.save_provider(self.instance, self.changes, by)
