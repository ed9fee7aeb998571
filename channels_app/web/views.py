"""The web pages of a team."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from channels_app.gateways.meta import numbers
from channels_app.models import Bot, Channel, Notice
from channels_app.teams.access import TeamView, teams_of
from channels_app.web.shell import TeamPage

LIVE_CHANNELS = Prefetch("channels", Channel.objects.filter(deleted_at=None).select_related("provider"))


@dataclass(frozen=True, slots=True)
class Answered:
    """A bot, and the channels it answers with their numbers as people write them."""

    bot: Bot
    channels: list[tuple[Channel, str]]


def home(request: HttpRequest) -> HttpResponse:
    """One's own team; a choice where there are several; the sign-in for those who are nobody yet."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    teams = teams_of(request.user.pk)
    if len(teams) == 1:
        return redirect("team", slug=teams[0].slug)
    return render(request, "teams/team_list.html", {"teams": teams})


class Overview(TeamPage):
    """What a team has, and what of it needs attention."""

    def get(self, request: HttpRequest) -> HttpResponse:
        bots = [_answered(bot) for bot in _bots(self)]
        notices = Notice.objects.for_team(self.team).filter(closed_at=None).select_related("provider", "channel")
        return self.page("teams/team_detail.html", bots=bots, notices=notices)


class BotPage(TeamPage):
    """A bot and the channels it answers."""

    section = "bots"

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        answered = _answered(get_object_or_404(_bots(self), pk=pk))
        return self.page("channels_app/bot_detail.html", answered=answered)


def _bots(view: TeamView) -> QuerySet[Bot]:
    bots = Bot.objects.for_team(view.team).filter(deleted_at=None)
    return bots.prefetch_related(LIVE_CHANNELS)


def _answered(bot: Bot) -> Answered:
    return Answered(
        bot, [(channel, numbers.display(channel.phone_number.removeprefix("+"))) for channel in bot.channels.all()]
    )
