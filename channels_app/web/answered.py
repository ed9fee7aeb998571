"""Bots with the channels they answer, and the numbers as people write them."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from channels_app.gateways.meta import numbers
from channels_app.models import Bot, Channel
from channels_app.teams.models import Team

LIVE_CHANNELS = Prefetch("channels", Channel.objects.filter(deleted_at=None).select_related("provider"))


@dataclass(frozen=True, slots=True)
class Answered:
    """A bot, and the channels it answers with their numbers as people write them."""

    bot: Bot
    channels: list[tuple[Channel, str]]


def bots_of(team: Team) -> QuerySet[Bot]:
    found: QuerySet[Bot] = Bot.objects.for_team(team).filter(deleted_at=None).prefetch_related(LIVE_CHANNELS)
    return found


def answered(bot: Bot) -> Answered:
    return Answered(bot, [(channel, shown(channel)) for channel in bot.channels.all()])


def shown(channel: Channel) -> str:
    return numbers.display(channel.phone_number.removeprefix("+"))
