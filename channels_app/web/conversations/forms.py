"""Forms: what is looked for in the inbox, and what is said in a conversation."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_app.models import Team
from channels_app.web.conversations.finding import Wanted
from channels_app.web.conversations.rows import channels_of

LONGEST = 20_000
SHOWS = (
    ("", _("All")),
    ("waiting", _("Waiting")),
    ("mine", _("Mine")),
    ("open", _("Open window")),
    ("failed", _("Failed")),
)


class InboxForm(forms.Form):
    """What is looked for. Every field may be left out; another team's channel is none."""

    q = forms.CharField(required=False, max_length=100, label=_("Search"))
    channel = forms.ChoiceField(
        required=False, label=_("Channel"), error_messages={"invalid_choice": _("There is no such channel.")}
    )
    show = forms.ChoiceField(required=False, choices=SHOWS)
    before = forms.UUIDField(required=False)

    def __init__(self, data: Any, team: Team) -> None:
        super().__init__(data)
        named = [(str(channel.pk), str(channel)) for channel in channels_of(team)]
        self.fields["channel"].choices = [("", _("All channels")), *named]  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        return " ".join(str(self.cleaned_data["q"]).replace("\0", "").split())

    def wanted(self, user_id: Any) -> Wanted:
        """What is looked for, as far as it makes sense."""
        said = self.cleaned_data
        channel = said.get("channel")
        return Wanted(
            words=said.get("q") or "",
            channel=UUID(channel) if channel else None,
            show=said.get("show") or "",
            user_id=user_id,
            before=said.get("before"),
        )


class SayForm(forms.Form):
    """What a member says. `token` is another one each time the form is shown: sent twice, it is said once."""

    text = forms.CharField(
        max_length=LONGEST,
        label=_("Message"),
        strip=False,
        error_messages={
            "required": _("Write something first."),
            "max_length": _("This is longer than %(limit_value)d characters. Send it in parts."),
        },
    )
    token = forms.UUIDField(initial=uuid4, error_messages={"required": _("Send it once more, please.")})

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        if not text.strip():
            raise forms.ValidationError(_("Write something first."))
        return text.strip()


class MessageForm(forms.Form):
    """Which message is meant."""

    message = forms.UUIDField()
