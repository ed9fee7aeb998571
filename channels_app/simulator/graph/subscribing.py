"""Callbacks, set and told: for an app, an account, or a single number.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings

from channels_app.models import Provider
from channels_app.simulator.accounts import app_id_of
from channels_app.simulator.callbacks import OVERRIDDEN, USUAL, own_address, subscription_of
from channels_app.simulator.graph import access, handshakes, refusals
from channels_app.simulator.graph.access import Credentials
from channels_app.simulator.graph.calls import Call
from channels_app.simulator.models import SimulatedAccount, SimulatedNumber, SimulatedSubscription

URL_LIMIT = 200
APP_URL_LIMIT = 500
OBJECT = "whatsapp_business_account"

FIELDS = OVERRIDDEN | {
    *("account_alerts", "account_review_update", "account_update", "automatic_events", "business_capability_update"),
    *("business_status_update", "flows", "group_lifecycle_update", "group_participants_update"),
    *("group_settings_update", "group_status_update", "message_template_components_update"),
    *("message_template_quality_update", "message_template_status_update", "partner_solutions"),
    *("payment_configuration_update", "phone_number_name_update", "phone_number_quality_update", "security", "standby"),
    *("template_category_update", "template_correct_category_detection", "tracking_events", "user_id_update"),
    "user_preferences",
}

Json = Mapping[str, Any]


def subscribed_apps(call: Call) -> Json:
    account = call.account
    if not account.is_subscribed:
        return {"data": []}
    app = {"id": call.caller.app_id, "name": "Simulated app", "link": "https://www.facebook.com/games/"}
    override = {"override_callback_uri": account.override_callback} if account.override_callback else {}
    return {"data": [{"whatsapp_business_api_data": app, **override}]}


def subscribe(call: Call) -> Json:
    """Webhooks of the account are sent to our app, and to another address than the app's where one is named."""
    override = _override(call.body, call.account.team_id)
    _of(call.account).update(is_subscribed=True, override_callback=override)
    return {"success": True}


def unsubscribe(call: Call) -> Json:
    _of(call.account).update(is_subscribed=False, override_callback="")
    return {"success": True}


def override_number(number: SimulatedNumber, wanted: object) -> None:
    """Set or, with an empty address, clear where the webhooks of `number` go. Raises `Refusal`."""
    if not isinstance(wanted, dict):
        raise refusals.wrong("webhook_configuration", "a JSON object.")
    SimulatedNumber.objects.filter(pk=number.pk).update(
        override_callback=_override(wanted, number.account.team_id, number)
    )


def subscriptions(credentials: Credentials, app_id: str) -> Json:
    row = subscription_of(_app(credentials, "GET", app_id))
    address, fields = (row.callback_url, row.fields) if row else (own_address(), list(USUAL))
    if not address:
        return {"data": []}
    named = [{"name": field, "version": settings.GRAPH_API_VERSION} for field in fields]
    return {"data": [{"object": OBJECT, "callback_url": address, "active": True, "fields": named}]}


def subscribe_app(credentials: Credentials, app_id: str, body: Json) -> Json:
    """Set the app's one address and its list of fields, for all its accounts. Raises `Refusal`."""
    provider = _app(credentials, "POST", app_id)
    if body.get("object") != OBJECT:
        raise refusals.wrong("object", f"one of {{{OBJECT.upper()}}}.")
    address, token = str(body.get("callback_url", "")), str(body.get("verify_token", ""))
    for parameter, value in (("callback_url", address), ("verify_token", token), ("fields", body.get("fields"))):
        if not value:
            raise refusals.missing(parameter)
    if len(address) > APP_URL_LIMIT:
        raise refusals.too_long("callback_url", APP_URL_LIMIT)
    fields = _fields(body["fields"])
    handshakes.shake(address, token, provider.team_id)
    SimulatedSubscription.objects.update_or_create(
        team_id=provider.team_id,
        app_id=app_id,
        defaults={"callback_url": address, "fields": fields},
    )
    return {"success": True}


def unsubscribe_app(credentials: Credentials, app_id: str) -> Json:
    provider = _app(credentials, "DELETE", app_id)
    SimulatedSubscription.objects.update_or_create(
        team_id=provider.team_id, app_id=app_id, defaults={"callback_url": "", "fields": []}
    )
    return {"success": True}


def _app(credentials: Credentials, method: str, app_id: str) -> Provider:
    """The provider whose app this is. Only the app's own token will do. Raises `Refusal`."""
    provider = access.admit_app(credentials)
    if app_id_of(provider) != app_id:
        raise refusals.unknown_object(method, app_id)
    if "|" not in credentials.token:
        raise refusals.app_token_wanted()
    return provider


def _fields(value: object) -> list[str]:
    """Raises `Refusal`."""
    listed = value if isinstance(value, list) else str(value).split(",")
    names = list(dict.fromkeys(str(name).strip() for name in listed if str(name).strip()))
    for name in names:
        if name not in FIELDS:
            raise refusals.wrong("fields", f"fields of {OBJECT}: {name[:80]} is none.")
    return names


def _override(body: Json, team_id: UUID, number: SimulatedNumber | None = None) -> str:
    address, token = str(body.get("override_callback_uri") or ""), str(body.get("verify_token") or "")
    if not address:
        return ""
    if not token:
        raise refusals.missing("verify_token")
    if len(address) > URL_LIMIT:
        raise refusals.too_long("override_callback_uri", URL_LIMIT)
    handshakes.shake(address, token, team_id, number)
    return address


def _of(account: SimulatedAccount) -> Any:
    return SimulatedAccount.objects.filter(pk=account.pk)
