"""Variables of a template, and what is put into them."""

import re

from channels_app.graph import wire
from channels_app.simulator.graph import refusals_of_messages
from channels_app.simulator.graph.contents.said import Json

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
UNFIT = re.compile(r"[\n\r\t]| {5}")
FALLBACKS = ("currency", "date_time")


def variables(text: str) -> list[str]:
    """The names of the variables in `text`, each once, in order."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def filled(component: str, text: str, parameters: list[Json], *, named: bool) -> str:
    """`text` with its variables filled in. Raises `Refusal`."""
    expected = variables(text)
    if len(parameters) != len(expected):
        raise refusals_of_messages.parameter_count(component, len(parameters), len(expected))
    given = {_name(component, place, parameter, named): _text(component, parameter)
             for place, parameter in enumerate(parameters, start=1)}  # fmt: skip
    for name in expected:
        if name not in given:
            raise refusals_of_messages.parameter_format(f"{component}: the parameter {name} is missing")
    return VARIABLE.sub(lambda found: given[found[1]], text)


def fit(text: object) -> str:
    """`text`, if it may stand in a variable. Raises `Refusal`."""
    if not isinstance(text, str) or not text.strip():
        raise refusals_of_messages.parameter_text("Parameter of type text is missing text value")
    if UNFIT.search(text):
        raise refusals_of_messages.parameter_text(
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        )
    return text


def _name(component: str, place: int, parameter: Json, named: bool) -> str:
    name = wire.text(parameter.get("parameter_name"))
    if named and not name:
        raise refusals_of_messages.parameter_format(f"{component}: Parameter name is missing or empty")
    if name and not named:
        raise refusals_of_messages.parameter_format(f"{component}: the template has positional parameters, not {name}")
    return name if named else str(place)


def _text(component: str, parameter: Json) -> str:
    kind = wire.text(parameter.get("type"))
    fallback = wire.mapping(parameter.get(kind)).get("fallback_value") if kind in FALLBACKS else None
    if fallback is not None:
        return fit(fallback)
    if kind != "text":
        raise refusals_of_messages.parameter_format(f"{component}: a parameter of type text was expected")
    return fit(parameter.get("text"))
