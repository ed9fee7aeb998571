"""Who may have an account: those a team invites, those whom `create_team` makes, and all others where it is open."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from channels_app.models import Invitation, User
from channels_app.teams import invitations
from channels_app.web.shell import INVITATION


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_IS_OPEN) or self.invitation(request) is not None

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Not once somebody else has an account with this address."""
        others = User.objects.filter(email__iexact=email_address.email).exclude(pk=email_address.user_id)
        return not others.exists() and bool(super().confirm_email(request, email_address))

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Never the one that somebody signs in with."""
        own = email_address.email.lower() == str(email_address.user.email).lower()
        return not own and bool(super().can_delete_email(email_address))

    def invitation(self, request: HttpRequest) -> Invitation | None:
        """The open invitation by whose link this person came."""
        token = request.session.get(INVITATION, "")
        return Invitation.objects.by_token(token) if token else None

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Who makes an account by an invitation's link has joined by it: no second one can be made so."""
        invitation = self.invitation(request)
        made = super().save_user(request, user, form, commit)
        if commit and invitation is not None:
            invitations.accept(invitation, made)
            messages.success(request, _("Welcome to %(team)s.") % {"team": invitation.team})
            del request.session[INVITATION]
        return made

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self._invited_to(request) or super().get_signup_redirect_url(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return self._invited_to(request) or super().get_login_redirect_url(request)

    def _invited_to(self, request: HttpRequest) -> str:
        token = request.session.get(INVITATION, "")
        return reverse("invitation", args=[token]) if token else ""
