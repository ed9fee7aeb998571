"""Forms: what is looked for in the inbox, and what is said in a conversation."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_app.models import Team
from channels_app.web.conversations.finding import Wanted
from channels_app.web.conversations.rows import channels_of

LONGEST = 20_000
NOTHING = _("Write something first.")
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
        required=False,
        error_messages={
            "max_length": _("This is longer than %(limit_value)d characters. Send it in parts."),
        },
    )
    token = forms.UUIDField(initial=uuid4, error_messages={"required": _("Send it once more, please.")})

    file = forms.FileField(
        required=False, allow_empty_file=True, error_messages={"max_length": _("The name of this file is too long.")}
    )
    recorded = forms.BooleanField(required=False)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()

    def clean_file(self) -> Any:
        chosen = self.cleaned_data["file"]
        if chosen is not None and not chosen.size:
            raise forms.ValidationError(_("This file is empty."))
        return chosen

    def clean(self) -> None:
        said = self.cleaned_data
        if not self.errors and not said.get("text") and not said.get("file"):
            self.add_error("text", NOTHING)


class MessageForm(forms.Form):
    """Which message is meant."""

    message = forms.UUIDField()
