"""What a team is called, how long it keeps files, and how one leaves it, or ends it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from channels_app import onboarding, settling
from channels_app.forms.teams import RetentionForm, TeamForm, TypedForm
from channels_app.media import retention
from channels_app.teams import audit, people
from channels_app.teams.roles import Capability
from channels_app.web.settings.pages import SettingsPage


class RenameTeam(SettingsPage):
    needs = Capability.RENAME_TEAM

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page("teams/rename.html", form=TeamForm(instance=self.team))

    def post(self, request: HttpRequest) -> HttpResponse:
        former = self.team.name
        form = TeamForm(request.POST, instance=self.team)
        if not form.is_valid():
            self.team.name = former
            return self.page("teams/rename.html", status=422, form=form)
        settling.rename_team(self.team, form.cleaned_data["name"], audit.person(request.user))
        messages.success(request, _("The team has a new name."))
        return redirect("team_settings", slug=self.team.slug)


class KeepFiles(SettingsPage):
    """How long the team's files are kept."""

    needs = Capability.RENAME_TEAM

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(RetentionForm(instance=self.team))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RetentionForm(request.POST, instance=self.team)
        if not form.is_valid():
            return self.shown(form, status=422)
        settling.keep_files_for(self.team, form.cleaned_data["files_kept_for"], audit.person(request.user))
        messages.success(request, _("Saved."))
        return redirect("team_settings", slug=self.team.slug)

    def shown(self, form: RetentionForm, **more: Any) -> HttpResponse:
        return self.page("teams/files.html", form=form, usual=retention.usual(), **more)


class LeaveTeam(SettingsPage):
    """Everybody may, but the last owner."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page("teams/leave.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            people.leave(self.membership)
        except ValidationError as exc:
            messages.error(request, " ".join(exc.messages))
            return redirect("team_leave", slug=self.team.slug)
        messages.success(request, _("You have left %(team)s.") % {"team": self.team})
        return redirect("home")


class DeleteTeam(SettingsPage):
    """Names what goes with it; its name has to be typed."""

    needs = Capability.OWN_TEAM

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(TypedForm(expected=self.team.name))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TypedForm(request.POST, expected=self.team.name)
        if not form.is_valid():
            return self.shown(form, status=422)
        onboarding.delete_team(self.team)
        messages.success(request, _("%(team)s was deleted.") % {"team": self.team})
        return redirect("home")

    def shown(self, form: TypedForm, **more: Any) -> HttpResponse:
        return self.page("teams/delete.html", form=form, what=onboarding.belongings(self.team), **more)
