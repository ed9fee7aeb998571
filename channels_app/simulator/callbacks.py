"""Callbacks: where a webhook goes, if it goes anywhere: to the number's address, or the account's, or the app's.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
"""

from collections.abc import Mapping

from django.conf import settings

from channels_app.models import Provider
from channels_app.simulator.accounts import app_id_of
from channels_app.simulator.models import SimulatedNumber, SimulatedSubscription

MESSAGES = "messages"
OVERRIDDEN = frozenset(
    {"account_settings_update", "calls", "consumer_profile", "history", "message_echoes", MESSAGES}
    | {"messaging_handovers", "smb_app_state_sync", "smb_message_echoes"}
)
"""The fields that follow the addresses of number and account; all others go to the app's."""
USUAL = (MESSAGES, "message_template_status_update", "account_update", "phone_number_quality_update")


def address_for(provider: Provider, number: SimulatedNumber | None, field: str = MESSAGES) -> str:
    """Where a webhook about `field` goes for the app of `provider`; "" where the app does not want it."""
    row = subscription_of(provider)
    if row is not None and field not in row.fields:
        return ""
    override = number.override_callback or number.account.override_callback if number is not None else ""
    if override and field in OVERRIDDEN:
        return override
    return own_address() if row is None else row.callback_url


def own_address() -> str:
    """This installation's own webhook, as the world sees it."""
    return f"{settings.SITE_URL}/api/channels/meta/"


def configuration(provider: Provider, number: SimulatedNumber) -> Mapping[str, str]:
    """The addresses of all three levels, as far as they are set."""
    row = subscription_of(provider)
    levels = {
        "phone_number": number.override_callback,
        "whatsapp_business_account": number.account.override_callback,
        "application": own_address() if row is None else row.callback_url,
    }
    return {level: address for level, address in levels.items() if address}


def subscription_of(provider: Provider) -> SimulatedSubscription | None:
    """What the app of `provider` has asked for; without a row it wants everything, at this installation's webhook."""
    own = SimulatedSubscription.objects.for_team(provider.team_id)
    return own.filter(app_id=app_id_of(provider)).first()
