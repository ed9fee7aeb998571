"""Access: does Meta let us work for this provider, and does it call us? Asked live."""

from django.conf import settings
from django.urls import reverse

from channels_app import blocking
from channels_app.errors import GatewayError, TryLater
from channels_app.gateways import gateway_for
from channels_app.gateways.base import Check
from channels_app.models import Channel, Provider
from channels_app.onboarding.waiting import a_place


def webhook_url() -> str:
    """The callback URL to enter at Meta."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('meta_webhook')}"


def check_access(provider: Provider) -> list[Check]:
    """Ask Meta about everything that has to be right. Where it lets us in again, what was held may go.

    Whether Meta takes our proof of the app secret is learnt anew.
    """
    Provider.objects.filter(pk=provider.pk, proof_refused=True).update(proof_refused=False)
    provider.proof_refused = False
    gateway = gateway_for(provider)
    try:
        with a_place():
            lines = gateway.check(webhook_url())
    except TryLater as exc:
        return [Check(name="Meta", status="error", detail=exc.problem.title, fix=exc.problem.advice)]
    if _is_blocked(provider):
        try:
            with a_place():
                gateway.probe()
        except GatewayError:
            return lines
        blocking.unblock_all(provider)
    return lines


def _is_blocked(provider: Provider) -> bool:
    blocked = Provider.objects.filter(pk=provider.pk).exclude(blocked_at=None)
    return blocked.exists() or Channel.objects.filter(provider=provider).exclude(blocked_at=None).exists()
