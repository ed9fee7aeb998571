"""The forms as the web shows them: the same fields and rules, with what helps while they are filled in."""

import json
import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_app.forms.channels import ChannelForm
from channels_app.forms.providers import ProviderForm
from channels_app.models import Bot, Interruption, VoiceReplies
from channels_app.onboarding import SECRETS, shapes

TYPED_AGAIN = forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password", "spellcheck": "false"})
"""Shows again what was typed just now, should the form fail; what is kept never gets as far as a form."""


class WebProviderForm(ProviderForm):
    """A new one comes with a verify token, seen until it is saved. What has a doubtful shape is told as it is typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:
            self.fields[name].widget = type(TYPED_AGAIN)(render_value=True, attrs=dict(TYPED_AGAIN.attrs))
        if self.instance._state.adding:
            self.fields["verify_token"].widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
            self.initial["verify_token"] = secrets.token_urlsafe(24)
        for name in shapes.SHAPES:
            self.fields[name].widget.attrs["data-shapes"] = json.dumps(shapes.as_told(name))

    def doubts(self) -> dict[str, str]:
        """What is doubtful about what was saved, by the label of its field."""
        found = shapes.doubts(self.instance.kind, self.changes)
        return {str(self.fields[name].label): doubt for name, doubt in found.items()}


class WebChannelForm(ChannelForm):
    """A channel of the bot on whose page it stands; it can be given to another bot once it is there."""

    def __init__(self, *args: Any, bot: Bot, **kwargs: Any) -> None:
        super().__init__(*args, team=bot.team, **kwargs)
        if self.instance._state.adding:
            self.instance.bot = bot
            del self.fields["bot"]
        providers = self.fields["provider"].queryset[:2]  # type: ignore[attr-defined]
        if self.instance._state.adding and not self.initial.get("provider") and len(providers) == 1:
            self.initial["provider"] = providers[0].pk
        self.fields["phone_number"].widget.attrs |= {
            "list": "numbers",
            "inputmode": "tel",
            "autocomplete": "off",
            "placeholder": "+1 555 078 3881",
        }
        for name, (label, help_text) in CHANNEL_WORDS.items():
            if name in self.fields:
                self.fields[name].label = label
                self.fields[name].help_text = help_text or self.fields[name].help_text
        for name, labels in CHOICE_WORDS.items():
            self.fields[name].choices = list(labels.items())  # type: ignore[attr-defined]
        for name in ("consent_message", "reset_message", "unheard_message", "off_message"):
            self.fields[name].widget.attrs["rows"] = 2

    @property
    def first(self) -> list[forms.BoundField]:
        """What one has to say; the rest may wait."""
        return [self[name] for name in ("provider", "phone_number", "name") if name in self.fields]

    @property
    def more(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in ("provider", "phone_number", "name")]

    @property
    def more_is_wrong(self) -> bool:
        return any(field.errors for field in self.more)


CHOICE_WORDS: dict[str, dict[str, Any]] = {
    "voice_replies": {
        VoiceReplies.NEVER.value: _("Never"),
        VoiceReplies.MATCH.value: _("When a voice note came"),
        VoiceReplies.ALWAYS.value: _("Always"),
    },
    "when_interrupted": {
        Interruption.ANSWER_BOTH.value: _("Answer both, one after the other"),
        Interruption.START_OVER.value: _("Start over, with both as one"),
    },
}
CHANNEL_WORDS: dict[str, tuple[Any, Any]] = {
    "name": (_("Name"), _("What the team calls it. Empty: its number.")),
    "bot": (_("Bot"), ""),
    "voice_replies": (_("Voice replies"), _("When the bot's answers are spoken.")),
    "allowed_senders": (_("Who may write"), ""),
    "answer_within": (
        _("Answer within"),
        _("Seconds. An older message is kept and shown, not answered. Empty: always."),
    ),
    "debounce": (_("Take quick messages together"), _("Seconds. What follows faster is taken as one turn.")),
    "when_interrupted": (_("If they write again meanwhile"), _("While the bot thinks.")),
    "pause_after_answer": (
        _("Pause after a person's answer"),
        _("Seconds for which the bot is not asked after somebody of the team answered. 0: it goes on."),
    ),
    "max_templates": (_("Most templates for one reply"), _("Each is billed by Meta. Empty: as many as it takes.")),
    "reply_expires_after": (_("Give up sending after"), _("Seconds.")),
    "consent_message": (_("Consent message"), _("Sent once to each person, before the first answer.")),
    "reset_message": (_("Answer to /reset"), _("Which begins the history anew.")),
    "unheard_message": (
        _("When a voice note cannot be heard"),
        _("Said then, for bots that only read."),
    ),
    "echo_transcripts": (
        _("Show what was understood of voice notes"),
        _("People read it before the answer."),
    ),
    "off_message": (
        _("Message while it is off"),
        _("Said once in each conversation while the channel is off. What people write is held until it is on again."),
    ),
    "is_active": (_("Enabled"), _("Off: what people write is held, and answered once it is on again.")),
}
