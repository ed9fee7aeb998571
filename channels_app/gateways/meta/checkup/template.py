"""Is the template there that carries our words when the service window is shut?"""

from dataclasses import replace

from channels_app.gateways.base import Check
from channels_app.gateways.meta.checkup.asking import Ask, failed
from channels_app.gateways.meta.credentials import Credentials
from channels_app.graph.answers import Template
from channels_app.graph.errors import GraphError

TEMPLATE, VARIABLE = "new_bot_message", "bot_message"
NAME = f"Template {TEMPLATE}"
SENDABLE = frozenset({"APPROVED", "REINSTATED", "FLAGGED"})
WAITING = frozenset({"PENDING", "IN_APPEAL"})
WHAT_FOR = "Until then nothing can be sent to people who last wrote more than 24 hours ago."


def check(ask: Ask, credentials: Credentials) -> Check:
    language = credentials.template_language
    try:
        found = ask(lambda client: client.templates(credentials.waba_id, TEMPLATE))
    except GraphError as exc:
        return failed(NAME, exc)
    ours = next((template for template in found if template.language == language), None)
    return _judged(ours) if ours else _missing(found, language)


def _missing(found: list[Template], language: str) -> Check:
    if not found:
        return _makeable(f"The account has no template {TEMPLATE}.", f"{_make(language)} {WHAT_FOR}")
    others = ", ".join(sorted(template.language for template in found))
    fix = f"Save one of these as the provider's Template Language Code, or make it in {language} as well. {WHAT_FOR}"
    return _makeable(f"There is no {TEMPLATE} in the language {language}, but in {others}.", fix)


def _judged(template: Template) -> Check:
    if template.status in WAITING:
        fix = f"Wait for Meta's review, which takes minutes to a day. {WHAT_FOR}"
        return _error(f"Meta has not approved it yet in {template.language} ({template.status}).", fix)
    if template.status not in SENDABLE:
        fix = f"Read the reason in WhatsApp Manager, Message templates, and mend the template there. {WHAT_FOR}"
        return _error(f"It is {template.status} in {template.language}, and cannot be sent.", fix)
    return _wording(template) or _usable(template)


def _wording(template: Template) -> Check | None:
    """What is wrong with its variables: it needs exactly one, in its body, and with a name."""
    variables = template.body.variables if template.body else ()
    elsewhere = [name for part in template.components if part.type != "BODY" for name in part.variables]
    fix = f"Edit it in WhatsApp Manager. {_wanted()} {WHAT_FOR}"
    if variables and (template.parameter_format != "NAMED" or all(name.isdecimal() for name in variables)):
        return _error("Its variables are numbered ({{1}}), and not named.", fix)
    if variables != (VARIABLE,):
        has = f"has the variables {', '.join(variables)}" if variables else "has no variable"
        return _error(f"Its body {has}, where {VARIABLE} alone is expected.", fix)
    if elsewhere:
        return _error(f"It has variables outside its body, which we do not fill in: {', '.join(elsewhere)}.", fix)
    return None


def _usable(template: Template) -> Check:
    detail = f"It is {template.status} in {template.language}, as {template.category or 'a category not told'}."
    if template.status == "FLAGGED" or template.category == "MARKETING":
        fix = "See its quality and category in WhatsApp Manager: marketing costs more and reaches fewer people."
        return Check(name=NAME, status="warning", detail=detail, fix=fix)
    return Check(name=NAME, status="ok", detail=detail)


def _make(language: str) -> str:
    return f"In WhatsApp Manager, Message templates, make a utility template {TEMPLATE} in {language}. {_wanted()}"


def _wanted() -> str:
    return f"Its body needs one named variable, {{{{{VARIABLE}}}}}, with fixed words before and behind it."


def _makeable(detail: str, fix: str) -> Check:
    return replace(_error(detail, fix), remedy="template")


def _error(detail: str, fix: str) -> Check:
    return Check(name=NAME, status="error", detail=detail, fix=fix)
