"""Who may take the phone into their hands: a team's members; in the demo, everyone."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from channels_app.simulator.models import SimulatedChat, SimulatedNumber
from channels_app.teams.models import Membership, Team

DEMO_TEAM = "demo"


def teams_for(request: HttpRequest) -> QuerySet[Team]:
    """The teams whose numbers may be written to."""
    mine = Q(pk__in=Membership.objects.filter(user=request.user.pk).values("team"))
    return Team.objects.filter(mine | Q(slug=DEMO_TEAM) if settings.DEMO else mine)


def may_enter(request: HttpRequest) -> bool:
    return bool(settings.DEMO or request.user.is_authenticated)


def numbers_for(request: HttpRequest) -> QuerySet[SimulatedNumber]:
    numbers = SimulatedNumber.objects.filter(account__team__in=teams_for(request).values("pk"))
    return numbers.select_related("account__team")


def chats_for(request: HttpRequest) -> QuerySet[SimulatedChat]:
    chats = SimulatedChat.objects.filter(number__account__team__in=teams_for(request).values("pk"))
    return chats.select_related("number__account__team", "person")


def is_member(request: HttpRequest, team: Team) -> bool:
    """Whether there is a page of `team` for them, too."""
    return Membership.objects.filter(user=request.user.pk, team=team).exists()
