"""The form of an AI provider."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from channels_app import settling
from channels_app.bots import ai
from channels_app.forms.ruled import KEPT, RuledForm, SecretField
from channels_app.models import AiProvider, Team
from channels_app.teams.audit import SYSTEM, Actor

AI_PROVIDER_FIELDS = ("name", "base_url", "api_key")


class AiProviderForm(RuledForm):
    """An AI provider. A key left empty stays what it was."""

    about = AI_PROVIDER_FIELDS

    api_key = SecretField(label=_("API key"), required=False)

    class Meta:
        model = AiProvider
        fields = AI_PROVIDER_FIELDS
        labels = {"name": _("Name"), "base_url": _("Base URL")}
        help_texts = {"base_url": _("Up to and with /v1, such as https://api.openai.com/v1.")}

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if team is not None:
            self.instance.team = team
        self.initial.pop("api_key", None)
        if self.instance.api_key:
            self.fields["api_key"].help_text = KEPT

    def ruled(self, given: dict[str, Any]) -> dict[str, Any]:
        changes = dict(ai.clean(self.instance, given))
        if "api_key" not in changes:
            self.cleaned_data["api_key"] = self.instance.api_key
        return changes

    def keep(self, by: Actor = SYSTEM) -> None:
        settling.save_ai_provider(self.instance, self.changes, by)
