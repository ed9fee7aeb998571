"""First steps: what leads a new team from nothing to the first answered message, ticking itself."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from channels_app.models import Bot, Channel, Checkup, Direction, Message, Provider, Pulse, Status
from channels_app.teams.models import Membership, Team
from channels_app.teams.roles import Capability


@dataclass(frozen=True, slots=True)
class Step:
    """`url` leads to where it is done; empty for those who may not."""

    title: Any
    about: Any
    is_done: bool
    url: str = ""


def steps_of(team: Team, member: Membership) -> list[Step]:
    """What is left to be done and what is, in order; nothing once somebody was answered."""
    if Message.objects.for_team(team).filter(direction=Direction.INBOUND, status=Status.ANSWERED).exists():
        return []
    provider = Provider.objects.for_team(team).filter(deleted_at=None).order_by("created_at").first()
    bot = Bot.objects.for_team(team).filter(deleted_at=None).order_by("created_at").first()
    channel = Channel.objects.for_team(team).filter(deleted_at=None).exists()
    return [
        Step(
            _("Connect a WhatsApp Business Account"),
            _("With its ID, a token and the app secret. Without an account of Meta's, take the type “Simulated”.")
            if settings.SIMULATOR
            else _("With its ID, a token and the app secret."),
            provider is not None,
            _url(member, Capability.EDIT_PROVIDERS, "provider_new", team),
        ),
        Step(
            _("Have Meta call us"),
            _("Enter the callback URL and the verify token at Meta, then press “Check now”."),
            _is_called(team),
            _url(member, Capability.SEE_TEAM, "provider", team, provider),
        ),
        Step(
            _("Make a bot"),
            _("Begin with an echo; it can be given another engine later."),
            bot is not None,
            _url(member, Capability.EDIT_BOTS, "bot_new", team),
        ),
        Step(
            _("Give it a number"),
            _("A channel is a number of the account, answered by the bot."),
            channel,
            _url(member, Capability.EDIT_BOTS, "bot", team, bot),
        ),
        Step(
            _("Write to it"),
            _("From any phone, or from the simulated one.") if settings.SIMULATOR else _("From any phone."),
            False,
            f"{reverse('phone')}?team={team.slug}" if settings.SIMULATOR else "",
        ),
    ]


def _is_called(team: Team) -> bool:
    """Whether a webhook came, or Meta said at the last check-up where it posts them."""
    if Pulse.objects.filter(channel__team=team).exists():
        return True
    checkups = Checkup.objects.filter(provider__team=team, provider__deleted_at=None)
    lines = [[line for line in checkup.lines if line["name"].startswith("Webhook")] for checkup in checkups[:20]]
    return any(about and all(line["status"] == "ok" for line in about) for about in lines)


def _url(member: Membership, capability: Capability, name: str, team: Team, row: Any = False) -> str:
    """Where the step is done; nowhere as long as the row it is about is missing."""
    if not member.may(capability) or row is None:
        return ""
    return reverse(name, kwargs={"slug": team.slug} | ({"pk": row.pk} if row else {}))
