"""Is the template there that carries our words when the service window is shut?"""

from dataclasses import replace

from channels_app.gateways.base import Check
from channels_app.gateways.meta.checkup.asking import Ask, failed
from channels_app.gateways.meta.credentials import Credentials
from channels_app.graph.answers import Template
from channels_app.graph.errors import GraphError
from channels_app.phrases import filled
from channels_app.phrases import marked as _

TEMPLATE, VARIABLE = "new_bot_message", "bot_message"
NAME = filled(_("Template %(name)s"), name=TEMPLATE)
SENDABLE = frozenset({"APPROVED", "REINSTATED", "FLAGGED"})
WAITING = frozenset({"PENDING", "IN_APPEAL"})
WHAT_FOR = _("Until then nothing can be sent to people who last wrote more than 24 hours ago.")


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
        said = _("The account has no template %(name)s.")
        return _makeable(filled(said, name=TEMPLATE), _both(_make(language), WHAT_FOR))
    others = ", ".join(sorted(template.language for template in found))
    fix = _("Save one of these as the provider's Template Language Code, or make it in %(language)s as well.")
    detail = _("There is no %(name)s in the language %(language)s, but in %(others)s.")
    return _makeable(
        filled(detail, name=TEMPLATE, language=language, others=others),
        _both(filled(fix, language=language), WHAT_FOR),
    )


def _judged(template: Template) -> Check:
    if template.status in WAITING:
        fix = _both(_("Wait for Meta's review, which takes minutes to a day."), WHAT_FOR)
        detail = _("Meta has not approved it yet in %(language)s (%(status)s).")
        return _error(filled(detail, language=template.language, status=template.status), fix)
    if template.status not in SENDABLE:
        fix = _both(_("Read the reason in WhatsApp Manager, Message templates, and mend the template there."), WHAT_FOR)
        detail = _("It is %(status)s in %(language)s, and cannot be sent.")
        return _error(filled(detail, language=template.language, status=template.status), fix)
    return _wording(template) or _usable(template)


def _wording(template: Template) -> Check | None:
    """What is wrong with its variables: it needs exactly one, in its body, and with a name."""
    variables = template.body.variables if template.body else ()
    elsewhere = [name for part in template.components if part.type != "BODY" for name in part.variables]
    fix = _both(_both(_("Edit it in WhatsApp Manager."), _wanted()), WHAT_FOR)
    if variables and (template.parameter_format != "NAMED" or all(name.isdecimal() for name in variables)):
        return _error(_("Its variables are numbered ({{1}}), and not named."), fix)
    if variables != (VARIABLE,):
        said = _("Its body has no variable, where %(wanted)s is expected.")
        if variables:
            said = _("Its body has the variables %(found)s, where %(wanted)s alone is expected.")
        return _error(filled(said, found=", ".join(variables), wanted=VARIABLE), fix)
    if elsewhere:
        detail = _("It has variables outside its body, which we do not fill in: %(found)s.")
        return _error(filled(detail, found=", ".join(elsewhere)), fix)
    return None


def _usable(template: Template) -> Check:
    wording = template.body.text if template.body else ""
    detail = filled(
        _("It is %(status)s in %(language)s, as %(category)s."),
        status=template.status,
        language=template.language,
        category=template.category or "?",
    )
    if template.status == "FLAGGED" or template.category == "MARKETING":
        fix = _("See its quality and category in WhatsApp Manager: marketing costs more and reaches fewer people.")
        return Check(name=NAME, status="warning", detail=detail, fix=fix, wording=wording)
    return Check(name=NAME, status="ok", detail=detail, wording=wording)


def _make(language: str) -> str:
    said = _("In WhatsApp Manager, Message templates, make a utility template %(name)s in %(language)s.")
    return _both(filled(said, name=TEMPLATE, language=language), _wanted())


def _wanted() -> str:
    said = _("Its body needs one named variable, %(variable)s, with fixed words before and behind it.")
    return filled(said, variable=f"{{{{{VARIABLE}}}}}")


def _both(first: str, second: str) -> str:
    """One sentence behind the other."""
    return filled("%(first)s %(second)s", first=first, second=second)


def _makeable(detail: str, fix: str) -> Check:
    return replace(_error(detail, fix), remedy="template")


def _error(detail: str, fix: str) -> Check:
    return Check(name=NAME, status="error", detail=detail, fix=fix)
