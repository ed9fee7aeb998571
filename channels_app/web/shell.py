"""The shell of every page: whose it is, where one may go from here, and in which light."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from channels_app.models import Conversation, Invitation, Team
from channels_app.teams.access import TeamView, teams_of

THEMES = ("day", "night")
COOKIE = "theme"
INVITATION = "invitation"
"""Under which the session keeps by whose link somebody came."""
YEAR = 365 * 24 * 3600


class TeamPage(TeamView):
    """A page of a team within the shell. `section` is the entry of the navigation that it belongs to."""

    section = "team"

    def page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """`template` with what the shell needs: `team`, `membership`, `section`, `waiting`."""
        around = {
            "team": self.team,
            "membership": self.membership,
            "section": self.section,
            "waiting": SimpleLazyObject(lambda: _waiting(self.team)),
        }
        return render(self.request, template, around | context, status=status)


def shell(request: HttpRequest) -> dict[str, Any]:
    """For all templates: the teams of whoever looks, once they are asked for; the light; what the installation has."""
    theme = request.COOKIES.get(COOKIE, "")
    return {
        "my_teams": SimpleLazyObject(lambda: teams_of(request.user.pk)),
        "theme": theme if theme in THEMES else "",
        "simulator": settings.SIMULATOR,
        "languages": settings.LANGUAGES,
        "signup_is_open": settings.SIGNUP_IS_OPEN,
        "sends_mail": settings.SENDS_MAIL,
        "invited_to": SimpleLazyObject(lambda: _invited_to(request)),
    }


def _invited_to(request: HttpRequest) -> Team | None:
    """The team by whose link somebody came who has no account yet."""
    token = request.session.get(INVITATION, "")
    invitation = Invitation.objects.by_token(token) if token else None
    return invitation.team if invitation else None


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the light somebody chose; anything else follows the system's again."""
    back = request.META.get("HTTP_REFERER", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    answer = redirect(back if is_ours else "home")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        answer.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    else:
        answer.delete_cookie(COOKIE)
    return answer


def _waiting(team: Team) -> int:
    return Conversation.objects.for_team(team).filter(waiting_since__isnull=False, taken_by=None).count()
