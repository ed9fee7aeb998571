"""An account's templates: created, edited and deleted; each is reviewed again.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from channels_app import clock
from channels_app.graph import wire
from channels_app.simulator import accounts
from channels_app.simulator.graph import refusals, reviews
from channels_app.simulator.graph import template_rules as rules
from channels_app.simulator.graph.calls import Call
from channels_app.simulator.models import SimulatedAccount, SimulatedTemplate

MOST = 250
DELETED = "DELETED"
NAME_BLOCKED_FOR = timedelta(days=30)
EDITED_EVERY = timedelta(hours=24)
EDITABLE = ("APPROVED", "REJECTED", "PAUSED")
FULL, BEING_DELETED, EXISTS, NOT_NOW = 2388019, 2388023, 2388024, 2388039
CREATED_WITH = (
    *("name", "language", "category", "parameter_format", "components", "message_send_ttl_seconds"),
    *("allow_category_change", "sub_category", "cta_url_link_tracking_opted_out"),
)
MOST_AT_ONCE = 100

Json = Mapping[str, Any]


def create(call: Call) -> Json:
    """Raises `Refusal`."""
    body, account = call.body, call.account
    for name in body:
        if name not in CREATED_WITH:
            raise refusals.unexpected(name, "root")
    name, language = _name(body), _language(body)
    parameter_format = (wire.text(body.get("parameter_format")) or "POSITIONAL").upper()
    if parameter_format not in ("POSITIONAL", "NAMED"):
        raise refusals.wrong("parameter_format", "one of {POSITIONAL, NAMED}.")
    category = _category(body)
    if "message_send_ttl_seconds" in body:
        rules.check_life(body["message_send_ttl_seconds"], category)
    components = rules.check_components(body.get("components"), parameter_format)
    _require_new_words(account, name, language, components)
    _make_room(account, name, language)
    template = SimulatedTemplate(
        account=account,
        template_id=accounts.new_id(),
        name=name,
        language=language,
        status="PENDING",
        category=category,
        parameter_format=parameter_format,
        components=components,
        review_at=clock.now() + reviews.TAKES,
    )
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError:
        raise _exists() from None
    return {"id": template.template_id, "status": template.status, "category": category}


def edit(call: Call) -> Json:
    """All components are replaced. An approved one may be edited once in 24 hours. Raises `Refusal`."""
    reviews.finish_due(call.account)
    template = call.template
    template.refresh_from_db()
    now = clock.now()
    was_approved = template.status == "APPROVED"
    is_worn = was_approved and template.edited_at is not None and now - template.edited_at < EDITED_EVERY
    if template.status not in EDITABLE or is_worn:
        raise rules.flawed(NOT_NOW, "Template can't be edited", "Its status does not allow that just now.")
    if "category" in call.body:
        if was_approved:
            raise rules.flawed(NOT_NOW, "Category can't be changed", "The template is approved.")
        template.category = _category(call.body)
    if "components" in call.body:
        template.components = rules.check_components(call.body["components"], template.parameter_format)
    elif "category" not in call.body:
        raise refusals.missing("components")
    template.status, template.review_at, template.rejected_reason = "PENDING", now + reviews.TAKES, "NONE"
    template.edited_at = template.changed_at = now
    template.save()
    return {"success": True}


def delete(call: Call) -> Json:
    """All languages of a name, or those of given ids. Raises `Refusal`."""
    query = {**call.body, **call.query}
    found = call.account.templates.exclude(status=DELETED)
    if "hsm_ids" in query:
        found = found.filter(template_id__in=_ids(query["hsm_ids"]))
    elif "hsm_id" in query and "name" in query:
        found = found.filter(template_id=str(query["hsm_id"]), name=str(query["name"]))
    elif "name" in query:
        found = found.filter(name=str(query["name"]))
    else:
        raise refusals.missing("name")
    if not found.exists():
        raise rules.flawed(rules.CANNOT_BE_CREATED, "Message Template Not Found", "There is no such template.")
    _discard(found)
    return {"success": True}


def unpause(call: Call) -> Json:
    """Raises `Refusal`."""
    template = call.template
    if template.status != "PAUSED":
        raise rules.flawed(NOT_NOW, "Template is not paused", "Only a paused template can be unpaused.")
    SimulatedTemplate.objects.filter(pk=template.pk).update(status="APPROVED", changed_at=clock.now())
    return {"success": True}


def _name(body: Json) -> str:
    name = wire.text(body.get("name"))
    if not name:
        raise refusals.missing("name")
    if not rules.NAME.fullmatch(name):
        raise refusals.wrong("name", "1 to 512 lowercase letters, digits and underscores.")
    return name


def _language(body: Json) -> str:
    language = wire.text(body.get("language"))
    if not language:
        raise refusals.missing("language")
    if language not in rules.LANGUAGES:
        raise refusals.wrong("language", "the code of a supported language.")
    return language


def _category(body: Json) -> str:
    category = wire.text(body.get("category")).upper()
    if not category:
        raise refusals.missing("category")
    if category not in rules.CATEGORIES:
        raise refusals.wrong("category", f"one of {{{', '.join(rules.CATEGORIES)}}}.")
    return category


def _make_room(account: SimulatedAccount, name: str, language: str) -> None:
    """For one more template of this name and language. Raises `Refusal` where there is none."""
    former = account.templates.filter(name=name, language=language).first()
    if former is not None and former.status != DELETED:
        raise _exists()
    if former is not None:
        if former.changed_at and clock.now() - former.changed_at < NAME_BLOCKED_FOR:
            words = "New content can't be added while the existing content is being deleted. Try again in 4 weeks."
            raise rules.flawed(BEING_DELETED, "Message Template Language is Being Deleted", words)
        former.delete()
    if account.templates.exclude(status=DELETED).count() >= MOST:
        raise rules.flawed(FULL, "Message Template Limit Exceeded", f"An account has at most {MOST} templates.")


def _require_new_words(account: SimulatedAccount, name: str, language: str, components: list[Json]) -> None:
    """Raises `Refusal` where a template of another name has the same body and footer in this language."""
    others = account.templates.filter(language=language).exclude(name=name).exclude(status=DELETED)
    if any(_words(wire.mappings(other.components)) == _words(components) for other in others):
        words = "There is a template with the same body and footer already. Use that one, or other words."
        raise rules.flawed(rules.CANNOT_BE_CREATED, "Template is a duplicate", words)


def _words(components: list[Json]) -> dict[str, str]:
    """What stands in the body and in the footer."""
    said = {wire.text(part.get("type")).upper(): wire.text(part.get("text")).strip() for part in components}
    return {kind: text for kind, text in said.items() if kind in ("BODY", "FOOTER")}


def _exists() -> refusals.Refusal:
    words = "There is already content for this template in this language. You can create a new template and try again."
    return rules.flawed(EXISTS, "Content in This Language Already Exists", words)


def _ids(value: object) -> list[str]:
    try:
        ids = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        ids = None
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_AT_ONCE:
        raise refusals.wrong("hsm_ids", f"an array of 1 to {MOST_AT_ONCE} ids.")
    return [str(each) for each in ids]


def _discard(templates: QuerySet[SimulatedTemplate]) -> None:
    """The name of one that was approved stays blocked for a while; the others are simply gone."""
    templates.exclude(status="APPROVED").delete()
    templates.filter(status="APPROVED").update(status=DELETED, changed_at=clock.now(), review_at=None)
