"""The forms about a team itself: its name, its people, its keys."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from channels_app import clock, naming
from channels_app.forms.ruled import ModelForm
from channels_app.models import ApiKey, Invitation, Membership, Role, Team
from channels_app.teams import invitations, people
from channels_app.teams.roles import given_by

LONGEST_SLUG = 50
MOST_DAYS = 32_767


class TeamForm(ModelForm):
    """A team's name. Its address is made of the name once, and stays: links to it are everywhere."""

    class Meta:
        model = Team
        fields = ("name",)
        labels = {"name": _("Name")}

    def clean_name(self) -> str:
        name: str = naming.seen(self.cleaned_data["name"]).strip()
        if not name:
            raise ValidationError(_("This is needed."))
        return name


class RetentionForm(ModelForm):
    """For how many days a team's files are kept."""

    files_kept_for = forms.IntegerField(
        label=_("Days"),
        help_text=_("Days since a file was last of use. 0: for good. Empty: as this server does it."),
        required=False,
        min_value=0,
        max_value=MOST_DAYS,
    )

    class Meta:
        model = Team
        fields = ("files_kept_for",)


def free_slug(name: str) -> str:
    """An address that no team has yet, made of `name`."""
    slug = slugify(name)[:LONGEST_SLUG] or "team"
    taken = Team.objects.filter(slug=slug).exists() or slug == "new"
    return f"{slug}-{clock.uuid7().hex[-6:]}" if taken else slug


class InviteForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))
    email = forms.EmailField(
        label=_("For whom"), required=False, help_text=_("An e-mail, to know the link by. Nothing is sent to it.")
    )

    def __init__(self, *args: Any, inviter: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inviter = inviter
        self.fields["role"].choices = roles_for(inviter)  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.AGENT.value

    def keep(self) -> tuple[Invitation, str]:
        return invitations.invite(self.inviter, self.cleaned_data["role"], self.cleaned_data["email"])


class RoleForm(forms.Form):
    """Another role for a member. What the rules refuse stands at the field."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(self, *args: Any, by: Membership, other: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.other = by, other

    def keep(self) -> bool:
        """Whether it was taken; if not, `errors` says why."""
        try:
            people.change_role(self.by, self.other, self.cleaned_data["role"])
        except ValidationError as exc:
            self.add_error(None, exc.messages)
            return False
        return True


class KeyForm(ModelForm):
    class Meta:
        model = ApiKey
        fields = ("name",)
        labels = {"name": _("Name")}
        help_texts = {"name": _("What it is for, such as the program that will use it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class TypedForm(forms.Form):
    """A deed that cannot be undone: its name has to be typed."""

    typed = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["typed"].label = _("Type “%(name)s” to go on") % {"name": expected}

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip()
        if naming.typed(typed) != naming.typed(self.expected):
            raise ValidationError(_("This is not the name. Nothing was deleted."))
        return typed


def roles_for(membership: Membership) -> list[tuple[str, Any]]:
    """The roles that a member may give, with their names."""
    return [(role.value, role.label) for role in given_by(membership.role)]
