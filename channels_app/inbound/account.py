"""News of the account: what Meta says of templates, numbers and the business itself, told to the team."""

import json

from django.db import transaction
from django.db.models import QuerySet

from channels_app import conversations, notices
from channels_app.errors import Problem
from channels_app.gateways import reader_for
from channels_app.gateways.base import UnreadableItem
from channels_app.inbound import amending, echoes
from channels_app.messages import AccountAlert, AccountEvent, Echo, Preference, TemplateEdited, TemplateVerdict
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
        news = reader_for("meta").read_news(event.field, bytes(event.raw))
    except UnreadableItem:
        return
    match news:
        case TemplateVerdict():
            _template_verdict(provider, news)
        case TemplateEdited():
            Provider.objects.filter(pk=provider.pk).update(template_room=None)
        case AccountEvent(event=name) if name in GRAVE:
            notices.tell(provider, notices.ACCOUNT, _account_problem(news))
        case AccountAlert(severity="CRITICAL" | "WARNING"):
            _alert(provider, news)
        case Preference(category="marketing_messages", wanted=bool(wanted)):
            _marketing_wish(event, news, wanted)
        case Echo() if event.channel is not None:
            echoes.keep(event.channel, news)


def _template_verdict(provider: Provider, news: TemplateVerdict) -> None:
    if news.name != TEMPLATE or news.language != provider.template_language.replace("-", "_"):
        return
    if news.event in USABLE:
        notices.close(provider, notices.TEMPLATE)
    elif news.event != "PENDING":
        problem = Problem(
            code=132001,
            title=f"The template {TEMPLATE} is {news.event.lower().replace('_', ' ')}",
            detail=news.why,
            advice=_("Mend it in WhatsApp Manager; until then nothing can be sent outside the service window."),
        )
        notices.tell(provider, notices.TEMPLATE, problem)


def _marketing_wish(event: InboundEvent, news: Preference, wanted: bool) -> None:
    """Somebody switched marketing off, or on again, in the app: of this business, whichever number it was about."""
    if event.channel is None or not news.person:
        return
    arrival = conversations.Arrival(channel=event.channel, address=news.person)
    (person,) = conversations.people([arrival])
    amending.note_wish(person, "wants_marketing", wanted, news.at or event.received_at)


def _account_problem(news: AccountEvent) -> Problem:
    return Problem(
        code=0,
        title=f"Meta reports: {news.event.lower().replace('_', ' ')}",
        detail=json.dumps(news.details)[:2000],
        advice=_("See Account quality in WhatsApp Manager."),
    )


def _alert(provider: Provider, news: AccountAlert) -> None:
    problem = Problem(
        code=0,
        title=(news.kind or "An alert").lower().replace("_", " ").capitalize(),
        detail=news.text,
        advice=_("See WhatsApp Manager."),
    )
    notices.tell(provider, notices.ACCOUNT, problem)
