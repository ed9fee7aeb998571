"""What the demo begins with: a team and its owner, a simulated provider, a bot on one of its numbers."""

import secrets

from django.contrib.auth.hashers import check_password
from django.db import transaction

from channels_app.models import SIMULATED, Bot, Channel, Provider, User
from channels_app.onboarding import channels, providers
from channels_app.simulator import accounts
from channels_app.simulator.phone.access import DEMO_TEAM
from channels_app.teams import founding
from channels_app.teams.models import Team

OWNER = "demo@example.org"
WABA_ID = "sim-100000000000001"


@transaction.atomic
def seed(password: str) -> None:
    """See that all of it is there; what somebody changed since stays as they left it, but for the login."""
    team, owner = founding.found(DEMO_TEAM, OWNER, password, "Demo")
    _let_in(owner, password)
    provider = Provider.objects.for_team(team).filter(kind=SIMULATED).first() or _make_provider(team)
    if not Bot.objects.for_team(team).exists():
        _make_channel(provider)


def _let_in(owner: User, password: str) -> None:
    """As superuser, and with the password that is printed."""
    if not check_password(password, owner.password):
        owner.set_password(password)
    owner.is_staff = owner.is_superuser = owner.is_active = True
    owner.save()


def _make_provider(team: Team) -> Provider:
    provider = Provider(team=team, kind=SIMULATED)
    fields = {
        "kind": SIMULATED,
        "name": "Demo Clinic",
        "waba_id": WABA_ID,
        "access_token": f"sim-token-{secrets.token_urlsafe(24)}",
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_urlsafe(16),
    }
    providers.save_provider(provider, providers.clean_provider(provider, fields))
    return provider


def _make_channel(provider: Provider) -> None:
    bot = Bot.objects.create(team_id=provider.team_id, name="Echo", engine="echo")
    number = accounts.account_of(provider).numbers.earliest("id")
    known = {"phone_number": f"+{number.digits}", "phone_number_id": number.phone_number_id}
    channels.save_channel(Channel(provider=provider, bot=bot, name="Reception"), known)
