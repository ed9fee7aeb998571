"""What a rehearsal begins with: a team, a simulated provider, and a bot on one of its numbers."""

import secrets

from django.db import transaction

from channels_app.models import SIMULATED, Bot, Channel, Provider
from channels_app.onboarding import channels, providers
from channels_app.simulator import accounts
from channels_app.teams.models import Team

WABA_ID = "sim-100000000000001"


@transaction.atomic
def lay(team: Team, name: str = "Clinic") -> Channel:
    """A channel of `team` that an echoing bot answers, with all that it needs."""
    provider = Provider(team=team, kind=SIMULATED)
    fields = {
        "kind": SIMULATED,
        "name": name,
        "waba_id": WABA_ID,
        "access_token": f"sim-token-{secrets.token_urlsafe(24)}",
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_urlsafe(16),
    }
    providers.save_provider(provider, providers.clean_provider(provider, fields))
    number = accounts.account_of(provider).numbers.earliest("id")
    bot = Bot.objects.create(team=team, name="Echo", engine="echo")
    channel = Channel(provider=provider, bot=bot, name="Reception")
    known = {"phone_number": f"+{number.digits}", "phone_number_id": number.phone_number_id}
    channels.save_channel(channel, known)
    return channel


def a_team() -> Team:
    """A team of its own, which nobody is a member of."""
    return Team.objects.create(name="Rehearsal", slug=f"rehearsal-{secrets.token_hex(4)}")
