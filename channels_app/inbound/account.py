"""News of the account: what Meta says of templates, numbers and the business itself, told to the team."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from channels_app import conversations, notices
from channels_app.errors import Problem
from channels_app.inbound import amending
from channels_app.messages import Address
from channels_app.models import EventState, InboundEvent, Provider
from channels_app.models.holding import unclaimed
from channels_app.outbound.ladder import TEMPLATE
from channels_app.phrases import marked as _

AT_ONCE = 200
USABLE = {"APPROVED", "REINSTATED", "FLAGGED", "UNARCHIVED"}
GRAVE = {
    "ACCOUNT_RESTRICTION",
    "ACCOUNT_VIOLATION",
    "DISABLED_UPDATE",
    "ACCOUNT_DELETED",
    "PARTNER_REMOVED",
    "PARTNER_APP_UNINSTALLED",
    "ACCOUNT_OFFBOARDED",
}


def news_waits() -> bool:
    return _waiting().exists()


def read_news() -> int:
    """Read the account events that wait, open and close notices by them, and keep them; gives how many there were."""
    with transaction.atomic():
        events = list(unclaimed(_waiting().order_by("id"))[:AT_ONCE])
        providers = Provider.objects.filter(pk__in={event.provider_id for event in events}).in_bulk()
        for event in events:
            if event.provider_id in providers:
                _read(event, providers[event.provider_id])
        InboundEvent.objects.filter(pk__in=[event.pk for event in events]).update(state=EventState.KEPT)
    return len(events)


def _waiting() -> QuerySet[InboundEvent]:
    return InboundEvent.objects.filter(state=EventState.WAITING, kind__in=["other", "error"])


def _read(event: InboundEvent, provider: Provider) -> None:
    try:
        value = json.loads(bytes(event.raw))
    except (ValueError, RecursionError):
        return
    if not isinstance(value, dict):
        return
    match event.field:
        case "message_template_status_update":
            _template_status(provider, value)
        case "message_template_components_update":
            Provider.objects.filter(pk=provider.pk).update(template_room=None)
        case "account_update" if str(value.get("event")) in GRAVE:
            notices.tell(provider, notices.ACCOUNT, _account_problem(value))
        case "account_alerts":
            _alert(provider, value)
        case "user_preferences" if str(value.get("category")) == "marketing_messages":
            _marketing_wish(provider, event, str(value.get("value")))


def _template_status(provider: Provider, value: Mapping[str, Any]) -> None:
    """Meta writes a language as en-US in some places and en_US in others."""
    language = str(value.get("message_template_language", "")).replace("-", "_")
    if value.get("message_template_name") != TEMPLATE or language != provider.template_language.replace("-", "_"):
        return
    event = str(value.get("event", ""))
    if event in USABLE:
        notices.close(provider, notices.TEMPLATE)
    elif event != "PENDING":
        info = value.get("rejection_info") or value.get("other_info") or {}
        reasons = info.values() if isinstance(info, dict) else []
        problem = Problem(
            code=132001,
            title=f"The template {TEMPLATE} is {event.lower().replace('_', ' ')}",
            detail=" ".join(str(reason) for reason in reasons),
            advice=_("Mend it in WhatsApp Manager; until then nothing can be sent outside the service window."),
        )
        notices.tell(provider, notices.TEMPLATE, problem)


def _marketing_wish(provider: Provider, event: InboundEvent, said: str) -> None:
    """Somebody switched marketing off, or on again, in the app: of this business, whichever number it was about."""
    ids = Address(wa_id=event.wa_id or None, user_id=event.user_id or None)
    if event.channel is None or not ids or said not in ("stop", "resume"):
        return
    arrival = conversations.Arrival(channel=event.channel, address=ids)
    (person,) = conversations.people([arrival])
    amending.note_wish(person, "wants_marketing", said == "resume", event.sent_at or event.received_at)


def _account_problem(value: Mapping[str, Any]) -> Problem:
    event = str(value.get("event"))
    details = {key: fact for key, fact in value.items() if key != "event"}
    return Problem(
        code=0,
        title=f"Meta reports: {event.lower().replace('_', ' ')}",
        detail=json.dumps(details)[:2000],
        advice=_("See Account quality in WhatsApp Manager."),
    )


def _alert(provider: Provider, value: Mapping[str, Any]) -> None:
    info = value.get("alert_info")
    if not isinstance(info, dict) or info.get("alert_severity") not in ("CRITICAL", "WARNING"):
        return
    problem = Problem(
        code=0,
        title=str(info.get("alert_type", "An alert")).lower().replace("_", " ").capitalize(),
        detail=str(info.get("alert_description", "")),
        advice=_("See WhatsApp Manager."),
    )
    notices.tell(provider, notices.ACCOUNT, problem)
