"""Meta's side alone: one account, for a bot that is developed elsewhere, by the ids that Meta would give it."""

import secrets
from threading import Thread
from time import sleep

import structlog
from django.db import DatabaseError, transaction

from channels_app.models import SIMULATED, SIMULATED_PREFIX, Provider
from channels_app.models.holding import let_go
from channels_app.onboarding import providers
from channels_app.simulator import accounts, pruning
from channels_app.simulator.callbacks import USUAL
from channels_app.simulator.models import SimulatedAccount, SimulatedNumber, SimulatedSubscription, SimulatedTemplate
from channels_app.simulator.phone.access import DEMO_TEAM
from channels_app.teams.models import Team

WABA_ID = "sim-100000000000001"
APP_ID = "200000000000001"
PRUNED_EVERY = 3600.0

log = structlog.get_logger(__name__)


@transaction.atomic
def move_in(webhook: str) -> tuple[Provider, SimulatedAccount]:
    """The account and the app that it belongs to, made once; from here on the app has its webhooks at `webhook`."""
    team, _ = Team.objects.get_or_create(slug=DEMO_TEAM, defaults={"name": "Simulator"})
    provider = Provider.objects.for_team(team).filter(kind=SIMULATED).first() or _make_provider(team)
    account = accounts.account_of(provider)
    _go_by_digits(account)
    SimulatedSubscription.objects.update_or_create(
        team=team, app_id=provider.app_id, defaults={"callback_url": webhook, "fields": list(USUAL)}
    )
    return provider, account


def keep_tidy() -> None:
    """Have a thread prune now, and every hour from now on: nobody else does where Meta's side stands alone."""
    Thread(target=_prune_for_ever, name="pruning", daemon=True).start()


def _prune_for_ever() -> None:
    while True:
        try:
            pruning.prune()
        except DatabaseError as exc:
            log.warning("not_pruned", error=type(exc).__name__)
        let_go()
        sleep(PRUNED_EVERY)


def _make_provider(team: Team) -> Provider:
    provider = Provider(team=team, kind=SIMULATED)
    fields = {
        "kind": SIMULATED,
        "name": "Simulated account",
        "waba_id": WABA_ID,
        "app_id": APP_ID,
        "access_token": f"EAA{secrets.token_hex(60)}",
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_urlsafe(16),
    }
    providers.save_provider(provider, providers.clean_provider(provider, fields))
    return provider


def _go_by_digits(account: SimulatedAccount) -> None:
    """To whoever asks here this is Meta, whose ids are digits: elsewhere no others may be entered."""
    account.waba_id = account.waba_id.removeprefix(SIMULATED_PREFIX)
    account.save(update_fields=["waba_id"])
    numbers = list(account.numbers.all())
    for number in numbers:
        number.phone_number_id = number.phone_number_id.removeprefix(SIMULATED_PREFIX)
    SimulatedNumber.objects.bulk_update(numbers, ["phone_number_id"])
    templates = list(account.templates.all())
    for template in templates:
        template.template_id = template.template_id.removeprefix(SIMULATED_PREFIX)
    SimulatedTemplate.objects.bulk_update(templates, ["template_id"])
