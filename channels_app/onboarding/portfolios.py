"""Portfolios: which business owns an account, for it says within which numbers a user id means the same person."""

import structlog
from django.db import transaction

from channels_app import identity
from channels_app.errors import GatewayError
from channels_app.gateways import gateway_for
from channels_app.models import Participant, Provider
from channels_app.models.holding import let_go

log = structlog.get_logger(__name__)

UNREAD = "waba:"


def learn_portfolios() -> int:
    """Ask Meta about each account whose business is not known yet; gives how many are known now."""
    unread = Provider.objects.filter(deleted_at=None, portfolio__startswith=UNREAD)
    return sum(learn_portfolio(provider) for provider in unread)


def learn_portfolio(provider: Provider) -> bool:
    """Ask Meta which business owns this account; its people are then one with those of its other accounts here."""
    gateway = gateway_for(provider)
    let_go()
    try:
        portfolio = gateway.portfolio()
    except GatewayError as exc:
        log.info("portfolio_not_read", provider=str(provider.pk), code=exc.problem.code)
        return False
    former = Participant.objects.filter(team=provider.team_id, portfolio=f"{UNREAD}{provider.waba_id}")
    if not portfolio or (portfolio == provider.portfolio and not former.exists()):
        return False
    with transaction.atomic():
        identity.adopt_portfolio(provider, portfolio)
    return True
