"""The forms of a provider and a channel: the one door for the web and the admin."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from channels_app import onboarding, settling
from channels_app.models import META, Bot, Channel, Provider, Team

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

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
CHANNEL_FIELDS = (
    "provider",
    "bot",
    "phone_number",
    "name",
    "voice_replies",
    "allowed_senders",
    "answer_within",
    "debounce",
    "max_templates",
    "reply_expires_after",
    "consent_message",
    "reset_message",
    "is_active",
)
KEPT = "Kept as it is while this stays empty."


class SecretField(forms.CharField):
    """A secret: typed unseen, and never shown again."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"})
        super().__init__(widget=widget, max_length=4096, **options)


class SendersField(forms.CharField):
    """A list of numbers, one in a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [entry.strip() for entry in re.split(r"[\n,;]", value or "") if entry.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(initial) != self.to_python(data))


class RuledForm(ModelForm):
    """A form whose rules are those of `onboarding`: each of its complaints stands at the field that can mend it.

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

    def keep(self) -> None:
        raise NotImplementedError

    def save(self, commit: bool = True) -> Any:
        """Without `commit` nothing is saved: that is then up to whoever asked, as with any form of a model."""
        if not commit:
            return super().save(commit=False)
        self.keep()
        return self.instance


class ProviderForm(RuledForm):
    """A messaging provider. A secret left empty stays what it was."""

    about = PROVIDER_FIELDS

    kind = forms.ChoiceField(label="Type", initial=META)
    access_token = SecretField(label="System User Access Token")
    app_secret = SecretField(label="App Secret")
    verify_token = SecretField(label="Webhook Verify Token")

    class Meta:
        model = Provider
        fields = PROVIDER_FIELDS

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

    def keep(self) -> None:
        settling.save_provider(self.instance, self.changes)


class ChannelForm(RuledForm):
    """A channel. Its number is looked up at Meta, so the form is not to be validated within a transaction."""

    about = CHANNEL_FIELDS

    provider = forms.ModelChoiceField(Provider.objects.none(), label="Messaging Provider")
    bot = forms.ModelChoiceField(Bot.objects.none())
    phone_number = forms.CharField(label="WhatsApp Number", max_length=40)
    allowed_senders = SendersField(
        required=False, help_text="Numbers, one in a line; 27* admits all that begin so. Empty: everyone may write."
    )

    class Meta:
        model = Channel
        fields = CHANNEL_FIELDS

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team_id = team.pk if team else self.instance.team_id
        for name, model in (("provider", Provider), ("bot", Bot)):
            if name in self.fields:
                rows: Any = model.objects.filter(deleted_at=None)
                self.fields[name].queryset = rows.for_team(team_id) if team_id else rows  # type: ignore[attr-defined]

    def lacks(self, given: Mapping[str, Any]) -> bool:
        return bool({"provider", "bot", "phone_number"} & self.errors.keys())

    def ruled(self, given: dict[str, Any]) -> dict[str, Any]:
        return onboarding.clean_channel(self.instance, given)

    def keep(self) -> None:
        settling.save_channel(self.instance, self.changes)
