"""An invitation's link: who has it may join the team, with an account they have or one they make."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from channels_app.teams import invitations
from channels_app.teams.invitations import Invitation
from channels_app.teams.models import Membership
from channels_app.web.shell import INVITATION


class InvitationPage(View):
    """Open to whoever has the link. Those who are nobody yet come back here once they are signed in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = Invitation.objects.by_token(token)
        if invitation is None:
            return _gone(request)
        if not request.user.is_authenticated:
            request.session[INVITATION] = token
        already = Membership.objects.filter(team=invitation.team, user=request.user.pk).first()
        return render(request, "teams/invitation.html", {"invitation": invitation, "already": already})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = Invitation.objects.by_token(token)
        if not request.user.is_authenticated:
            return redirect("invitation", token=token)
        membership = invitations.accept(invitation, request.user) if invitation else None
        if invitation is None or membership is None:
            return _gone(request)
        request.session.pop(INVITATION, None)
        messages.success(request, _("Welcome to %(team)s.") % {"team": invitation.team})
        return redirect("team", slug=invitation.team.slug)


def _gone(request: HttpRequest) -> HttpResponse:
    request.session.pop(INVITATION, None)
    return render(request, "teams/invitation_gone.html", status=404)
