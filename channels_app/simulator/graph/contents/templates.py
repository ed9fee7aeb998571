"""Templates that are sent: is there one, is it approved, and do its parameters fill it as Meta wants them to?

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/utility-templates/utility-templates
"""

from channels_app.graph import wire
from channels_app.simulator.graph import refusals, refusals_of_messages, reviews
from channels_app.simulator.graph.contents import buttons, headers
from channels_app.simulator.graph.contents.filling import filled
from channels_app.simulator.graph.contents.said import Json, Recipient, Said, items, objects, only
from channels_app.simulator.graph.health import SENDABLE
from channels_app.simulator.models import SimulatedTemplate

BODY_LIMIT = 1024
NOT_HERE = ("carousel", "limited_time_offer", "order_status")
"""Components of Meta's that no template of ours can be created with."""


def template(to: Recipient, body: Json) -> Said:
    asked = objects(body["template"], "template")
    only(asked, ("name", "language", "components", "namespace"), "template")
    found = _find(to, asked)
    _require_approval(found)
    if to.by_user_id and buttons.need_a_phone_number(found):
        raise refusals_of_messages.not_to_a_user_id()
    given = items(asked.get("components") or [], "template['components']")
    _require_known(given)
    header = headers.fill(to, found, _of_type(given, "header"))
    words = _fill_body(found, _of_type(given, "body"))
    buttons.check(found, [part for part in given if _type(part) == "button"])
    footer = wire.text(part_of(found, "FOOTER").get("text"))
    text = "\n\n".join(filter(None, (header, words, footer)))
    return Said(type="template", text=text, content={"template": asked}, template=found.name)


def part_of(template: SimulatedTemplate, kind: str) -> Json:
    """A component of `template`, {} where it has none of this type."""
    parts = (part for part in wire.mappings(template.components) if wire.text(part.get("type")).upper() == kind)
    return next(parts, {})


def _find(to: Recipient, asked: Json) -> SimulatedTemplate:
    name = wire.text(asked.get("name"))
    language = objects(asked.get("language"), "template['language']")
    only(language, ("code", "policy"), "template['language']")
    code = wire.text(language.get("code"))
    if language.get("policy", "deterministic") != "deterministic":
        raise refusals.wrong("template['language']['policy']", "one of {DETERMINISTIC}.")
    if not name:
        raise refusals_of_messages.missing_parameter("template['name']")
    if not code:
        raise refusals_of_messages.missing_parameter("template['language']['code']")
    account = to.number.account
    reviews.finish_due(account)
    found = account.templates.filter(name=name, language=code).first()
    if found is None:
        raise refusals_of_messages.no_such_template(name, code)
    return found


def _require_approval(template: SimulatedTemplate) -> None:
    if template.status == "PAUSED":
        raise refusals_of_messages.template_paused()
    if template.status == "DISABLED":
        raise refusals_of_messages.template_disabled()
    if template.status not in SENDABLE:
        raise refusals_of_messages.no_such_template(template.name, template.language)


def _require_known(components: list[Json]) -> None:
    kinds = [_type(part) for part in components if _type(part) != "button"]
    if len(set(kinds)) < len(kinds):
        raise refusals.wrong("template['components']", "of different types, but for buttons.")
    for place, part in enumerate(components):
        parameter = f"template['components'][{place}]"
        if _type(part) in NOT_HERE:
            raise refusals_of_messages.parameter_format(f"{_type(part)}: the template has no such component")
        only(part, ("type", "sub_type", "index", "parameters"), parameter)
        if _type(part) not in ("header", "body", "button"):
            raise refusals.wrong(f"{parameter}['type']", "one of {HEADER, BODY, BUTTON}.")


def _of_type(components: list[Json], kind: str) -> list[Json]:
    """The parameters of the component of this type."""
    parts = (part for part in components if _type(part) == kind)
    return items(next(parts, {}).get("parameters") or [], f"{kind}['parameters']")


def _type(part: Json) -> str:
    return wire.text(part.get("type")).lower()


def _fill_body(template: SimulatedTemplate, parameters: list[Json]) -> str:
    text = wire.text(part_of(template, "BODY").get("text"))
    words = filled("body", text, parameters, named=template.parameter_format == "NAMED")
    if len(words) > BODY_LIMIT:
        raise refusals_of_messages.template_text_too_long("body", len(words), BODY_LIMIT)
    return words
