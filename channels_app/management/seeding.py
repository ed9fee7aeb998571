"""What the demo begins with: a team and its owner, a simulated provider, and two of its numbers with a bot each."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db import transaction

from channels_app.models import SIMULATED, Bot, Channel, Provider, User
from channels_app.onboarding import channels, providers
from channels_app.simulator import accounts
from channels_app.simulator.models import SimulatedNumber
from channels_app.simulator.phone.access import DEMO_TEAM
from channels_app.teams import founding
from channels_app.teams.models import Team

OWNER = "demo@example.org"
WABA_ID = "sim-100000000000001"
BACK = {"id": "menu", "title": "Back to the menu"}
MENU: Mapping[str, Any] = {
    "rules": [
        {
            "when": ["hello*", "hi*", "good morning*", "menu"],
            "reply": {
                "text": "**Welcome to the Demo Clinic.** What can we do for you?",
                "choices": [
                    {"id": "book", "title": "Book a visit"},
                    {"id": "hours", "title": "Opening hours"},
                    {"id": "where", "title": "Where are you?"},
                ],
            },
        },
        {
            "when": ["book", "*appointment*", "*visit*"],
            "reply": {
                "text": "Which day suits you?",
                "choices": [
                    {"id": "day-mon", "title": "Monday", "description": "8:00 to 12:00"},
                    {"id": "day-tue", "title": "Tuesday", "description": "8:00 to 12:00"},
                    {"id": "day-wed", "title": "Wednesday", "description": "13:00 to 17:00"},
                    {"id": "day-thu", "title": "Thursday", "description": "8:00 to 17:00"},
                ],
            },
        },
        {
            "when": "day-*",
            "reply": {"text": "Noted. A person will confirm the time with you.", "choices": [BACK]},
        },
        {
            "when": ["hours", "*open*"],
            "reply": {
                "text": "We are here:\n\n- Monday to Friday, 8:00 to 17:00\n- Saturday, 9:00 to 12:00",
                "choices": [BACK],
            },
        },
        {
            "when": ["where", "*address*"],
            "reply": {
                "text": "We are at the town hall.",
                "location": {
                    "latitude": -33.9249,
                    "longitude": 18.4241,
                    "name": "Demo Clinic",
                    "address": "1 Main Road",
                },
            },
        },
    ],
    "fallback": {"text": "I did not understand that. Shall I show you what I can do?", "choices": [BACK]},
}


@transaction.atomic
def seed(password: str) -> None:
    """See that all of it is there; what somebody changed since stays as they left it, but for the login."""
    team, owner = founding.found(DEMO_TEAM, OWNER, password, "Demo")
    _let_in(owner, password)
    provider = Provider.objects.for_team(team).filter(kind=SIMULATED).first() or _make_provider(team)
    if not Bot.objects.for_team(team).exists():
        echo, menu, *_ = accounts.account_of(provider).numbers.order_by("id")
        _make_channel(provider, echo, "Reception", Bot(name="Echo", engine="echo"))
        _make_channel(provider, menu, "Appointments", Bot(name="Menu", engine="rules", config=MENU))


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


def _make_channel(provider: Provider, number: SimulatedNumber, name: str, bot: Bot) -> None:
    bot.team_id = provider.team_id
    bot.save()
    known = {"phone_number": f"+{number.digits}", "phone_number_id": number.phone_number_id, "voice_replies": "match"}
    channels.save_channel(Channel(provider=provider, bot=bot, name=name), known)
