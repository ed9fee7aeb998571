"""Members and invitations: who is in, as what, and who may come."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from channels_app.forms.teams import InviteForm, RoleForm, roles_for
from channels_app.models import Invitation, Membership
from channels_app.teams import audit, invitations, people
from channels_app.teams.roles import Capability, given_by
from channels_app.web.settings.pages import SettingsPage


class People(SettingsPage):
    """A POST makes an invitation, whose link is shown once."""

    needs_to_change = Capability.EDIT_PEOPLE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(InviteForm(inviter=self.membership))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InviteForm(request.POST, inviter=self.membership)
        if not form.is_valid():
            return self.shown(form)
        _row, token = form.keep()
        link = request.build_absolute_uri(reverse("invitation", args=[token]))
        return self.shown(InviteForm(inviter=self.membership), link=link)

    def shown(self, form: InviteForm, **more: Any) -> HttpResponse:
        mine = given_by(self.membership.role)
        members = self.team.memberships.select_related("user").order_by("created_at")
        answer = self.page(
            "teams/people.html",
            status=422 if form.errors else 200,
            form=form,
            members=[(member, member.role in mine) for member in members],
            roles=roles_for(self.membership),
            invitations=list(Invitation.objects.open().filter(team=self.team).select_related("invited_by")),
            **more,
        )
        add_never_cache_headers(answer)
        return answer


class Member(SettingsPage):
    """What is done to one member."""

    needs = Capability.EDIT_PEOPLE
    http_method_names = ["post"]

    def own(self, pk: int) -> Membership:
        return get_object_or_404(self.team.memberships.select_related("user", "team"), pk=pk)

    def back(self) -> HttpResponse:
        return redirect("team_people", slug=self.team.slug)


class ChangeRole(Member):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = RoleForm(request.POST, by=self.membership, other=self.own(pk))
        if form.is_valid() and form.keep():
            messages.success(request, _("The role was changed."))
        else:
            messages.error(request, " ".join(str(said) for about in form.errors.values() for said in about))
        return self.back()


class RemoveMember(Member):
    """Asks once more, for only a new invitation brings somebody back."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(
            "teams/sure.html",
            title=_("Remove %(name)s?") % {"name": self.own(pk).user},
            consequence=_("They lose sight of the team at once, and the links that they made work no more."),
            verb=_("Remove"),
            back=_("Members and invitations"),
            away=reverse("team_people", kwargs={"slug": self.team.slug}),
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        other = self.own(pk)
        try:
            people.remove(self.membership, other)
        except ValidationError as exc:
            messages.error(request, " ".join(exc.messages))
        else:
            messages.success(request, _("%(name)s is no member any more.") % {"name": other.user})
        return self.back()


class RevokeInvitation(Member):
    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        invitation: Invitation = get_object_or_404(Invitation.objects.for_team(self.team), pk=pk)
        invitations.revoke(invitation, audit.person(request.user))
        messages.success(request, _("The link works no more."))
        return self.back()
