"""Where one comes in: one's teams, a new one, and a team at one glance."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from channels_app.forms.teams import TeamForm, free_slug
from channels_app.teams import founding
from channels_app.teams.access import teams_of
from channels_app.web.answered import answered, bots_of
from channels_app.web.dashboard.attention import attention
from channels_app.web.engines import on_offer
from channels_app.web.shell import TeamPage
from channels_app.web.steps import steps_of


def home(request: HttpRequest) -> HttpResponse:
    """One's own team; a choice where there are several; the sign-in for those who are nobody yet."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    teams = teams_of(request.user.pk)
    if len(teams) == 1:
        return redirect("team", slug=teams[0].slug)
    return render(request, "teams/team_list.html", {"teams": teams})


class NewTeam(LoginRequiredMixin, View):
    """Whoever has an account may found a team, and owns it then."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "teams/team_new.html", {"form": TeamForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TeamForm(request.POST)
        if not form.is_valid():
            return render(request, "teams/team_new.html", {"form": form}, status=422)
        name = form.cleaned_data["name"]
        team = founding.found_by(request.user, free_slug(name), name)
        messages.success(request, _("%(team)s is there. You own it.") % {"team": team})
        return redirect("team", slug=team.slug)


class Overview(TeamPage):
    """What a team has, and what of it needs attention."""

    def get(self, request: HttpRequest) -> HttpResponse:
        bots = [(answered(bot), on_offer(bot.engine)) for bot in bots_of(self.team)]
        steps = steps_of(self.team, self.membership)
        return self.page(
            "teams/team_detail.html",
            bots=bots,
            attention=attention(self.team),
            steps=steps,
            next=next((step for step in steps if not step.is_done), None),
        )
