"""The form of a channel: the one door for the web and the admin."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_app import onboarding, settling
from channels_app.forms.ruled import RuledForm
from channels_app.models import Bot, Channel, Interruption, Provider, Team
from channels_app.teams.audit import SYSTEM, Actor

CHANNEL_FIELDS = (
    "provider",
    "bot",
    "phone_number",
    "name",
    "voice_replies",
    "allowed_senders",
    "answer_within",
    "debounce",
    "when_interrupted",
    "pause_after_answer",
    "max_templates",
    "reply_expires_after",
    "consent_message",
    "reset_message",
    "unheard_message",
    "echo_transcripts",
    "off_message",
    "is_active",
)


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


class ChannelForm(RuledForm):
    """A channel. Its number is looked up at Meta, so the form is not to be validated within a transaction."""

    about = CHANNEL_FIELDS

    provider = forms.ModelChoiceField(Provider.objects.none(), label=_("Messaging Provider"))
    bot = forms.ModelChoiceField(Bot.objects.none())
    phone_number = forms.CharField(label=_("WhatsApp Number"), max_length=40)
    when_interrupted = forms.ChoiceField(
        label=_("When the person writes again meanwhile"), required=False, choices=Interruption.choices
    )
    pause_after_answer = forms.IntegerField(
        label="Pause after a person's answer",
        required=False,
        min_value=0,
        help_text="Seconds for which the bot is not asked after a person of the team answered. 0: it goes on.",
    )
    allowed_senders = SendersField(
        required=False, help_text=_("Numbers, one in a line; 27* admits all that begin so. Empty: everyone may write.")
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
        for name in ("when_interrupted", "pause_after_answer"):
            if given.get(name) in (None, ""):
                given.pop(name, None)
                self.cleaned_data[name] = getattr(self.instance, name)
        return onboarding.clean_channel(self.instance, given)

    def keep(self, by: Actor = SYSTEM) -> None:
        settling.save_channel(self.instance, self.changes, by)
