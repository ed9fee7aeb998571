"""The buttons of a template that is sent, and what each may be given."""

from channels_app.graph import wire
from channels_app.simulator.graph import refusals, refusals_of_messages
from channels_app.simulator.graph.contents.filling import VARIABLE, fit
from channels_app.simulator.graph.contents.said import Json, items
from channels_app.simulator.models import SimulatedTemplate

PAYLOAD, COUPON = 256, 15
PARAMETERS = {"url": "text", "quick_reply": "payload", "copy_code": "coupon_code", "flow": "action", "otp": "text"}


def need_a_phone_number(template: SimulatedTemplate) -> bool:
    """Whether it is one that cannot go to a user id: it authenticates with a code that a tap takes over."""
    return template.category == "AUTHENTICATION" and any(_kind(button) == "otp" for button in _of(template))


def check(template: SimulatedTemplate, given: list[Json]) -> None:
    """Whether `given` is what the buttons need. Raises `Refusal`."""
    own = _of(template)
    filled = set()
    for part in given:
        place = wire.number(part.get("index"))
        if place is None:
            raise refusals_of_messages.missing("The index of a button is required.")
        if not 0 <= place < len(own):
            details = f"buttons: the template has no button at index {place}"
            raise refusals_of_messages.parameter_format(details)
        if place in filled:
            raise refusals_of_messages.parameter_format(f"buttons: the button at index {place} is given twice")
        _check(own[place], place, part)
        filled.add(place)
    for place, button in enumerate(own):
        if place not in filled and _needs_parameter(button):
            details = f"buttons: Button at index {place} of type {_kind(button)} requires a parameter"
            raise refusals_of_messages.missing(details)


def _check(button: Json, place: int, part: Json) -> None:
    kind = _kind(button)
    sub_type = wire.text(part.get("sub_type")).lower()
    if sub_type != kind and (kind, sub_type) != ("otp", "url"):
        details = f"buttons: Button at index {place} is of type {kind}, received {sub_type[:40] or 'none'}"
        raise refusals_of_messages.parameter_format(details)
    parameters = items(part.get("parameters") or [], f"buttons[{place}]['parameters']")
    if len(parameters) != 1:
        raise refusals_of_messages.parameter_count("buttons", len(parameters), 1)
    expected = PARAMETERS.get(kind)
    if wire.text(parameters[0].get("type")).lower() != expected:
        raise refusals_of_messages.parameter_format(f"buttons: Button at index {place} takes a parameter of {expected}")
    if kind == "url" and not VARIABLE.search(wire.text(button.get("url"))):
        raise refusals_of_messages.parameter_count("buttons", 1, 0)
    if expected == "text":
        fit(parameters[0].get("text"))
    elif expected == "payload" and not 1 <= len(wire.text(parameters[0].get("payload"))) <= PAYLOAD:
        raise refusals.too_long("payload", PAYLOAD)
    elif expected == "coupon_code" and not 1 <= len(wire.text(parameters[0].get("coupon_code"))) <= COUPON:
        raise refusals.too_long("coupon_code", COUPON)


def _needs_parameter(button: Json) -> bool:
    kind = _kind(button)
    return kind in ("copy_code", "otp") or (kind == "url" and bool(VARIABLE.search(wire.text(button.get("url")))))


def _of(template: SimulatedTemplate) -> list[Json]:
    return [
        button
        for part in wire.mappings(template.components)
        if wire.text(part.get("type")).upper() == "BUTTONS"
        for button in wire.mappings(part.get("buttons"))
    ]


def _kind(button: Json) -> str:
    return wire.text(button.get("type")).lower()
