"""What a template must be like to be taken for review.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

import re
import sys
from collections.abc import Mapping
from typing import Any

from channels_app.graph import wire
from channels_app.simulator.graph import refusals
from channels_app.simulator.graph.contents.filling import VARIABLE, variables
from channels_app.simulator.graph.contents.said import is_web_address
from channels_app.simulator.graph.refusals import Refusal

NAME = re.compile(r"[a-z0-9_]{1,512}")
LANGUAGES = frozenset(
    re.findall(
        r"\w+",
        "af ar ar_AE ar_EG ar_LB ar_MA ar_QA az be_BY bg bn bn_IN ca cs da de de_AT de_CH el en en_AE en_AU en_CA "
        "en_GB en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_US en_ZA es es_AR es_CL es_CO es_CR es_DO "
        "es_EC es_ES es_HN es_MX es_PA es_PE es_UY et fa fi fil fr fr_BE fr_CA fr_CH fr_CI fr_MA ga gu ha he hi hr hu "
        "id it ja ka kk kn ko ky_KG lo lt lv mk ml mr ms nb nl nl_BE pa pl prs_AF ps_AF pt_BR pt_PT ro ru rw_RW si_LK "
        "sk sl sq sr sv sw ta te th tr uk ur uz vi zh_CN zh_HK zh_TW zu",
    )
)
"""https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/supported-languages"""
VARIABLE_NAME = re.compile(r"[a-z0-9_]+")
NEIGHBOURS = re.compile(r"\}\}\s*\{\{")
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION")
BUTTONS: Mapping[str, int] = {
    "QUICK_REPLY": 10,
    "URL": 2,
    **dict.fromkeys(("PHONE_NUMBER", "COPY_CODE", "OTP", "FLOW", "REQUEST_CONTACT_INFO"), 1),
}
BODY, HEADER, FOOTER, LABEL, MOST_BUTTONS, URL, PHONE, CODE = 1024, 60, 60, 25, 10, 2000, 20, 15
LIVES: Mapping[str, tuple[int, int]] = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43_200)}
THIRTY_DAYS = -1
"""https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/time-to-live"""
WORDS_PER_VARIABLE = 3
"""A rule of thumb: Meta's own is not published."""
TOO_LONG, BAD_HEADER, BAD_BODY, BAD_FOOTER = 2388040, 2388047, 2388072, 2388073
CANNOT_BE_CREATED, TOO_MANY_VARIABLES, DANGLING = 2388109, 2388293, 2388299

Json = Mapping[str, Any]


def check_components(components: object, parameter_format: str) -> list[Json]:
    """The components, if Meta would review them. Raises `Refusal`."""
    found = wire.mappings(components)
    if not found or not isinstance(components, list) or len(found) != len(components):
        raise refusals.missing("components")
    kinds = [_kind(part) for part in found]
    if kinds.count("BODY") != 1 or len(set(kinds)) < len(kinds):
        raise flawed(BAD_BODY, "Body is missing", "A template has one body, and no component twice.")
    for kind, part in zip(kinds, found, strict=True):
        match kind:
            case "HEADER":
                _check_header(part, parameter_format)
            case "BODY":
                _check_body(part, parameter_format)
            case "FOOTER":
                _check_footer(part)
            case "BUTTONS":
                _check_buttons(wire.mappings(part.get("buttons")))
            case _:
                raise refusals.wrong("components['type']", "one of {HEADER, BODY, FOOTER, BUTTONS}.")
    return found


def check_life(seconds: object, category: str) -> None:
    """For how long Meta is to try to bring a message of a template of `category`. Raises `Refusal`."""
    least, most = LIVES.get(category, (THIRTY_DAYS, sys.maxsize))
    whole = wire.number(seconds)
    if whole is None or not (whole == THIRTY_DAYS or least <= whole <= most):
        raise refusals.wrong("message_send_ttl_seconds", f"{THIRTY_DAYS}, or seconds from {least} to {most}.")


def flawed(subcode: int, title: str, words: str) -> Refusal:
    return Refusal(100, "Invalid parameter", subcode=subcode, for_people=(title, words))


def _check_header(part: Json, parameter_format: str) -> None:
    kind = (wire.text(part.get("format")) or "TEXT").upper()
    if kind not in FORMATS:
        raise flawed(BAD_HEADER, "Header is malformed", f"Its format must be one of {', '.join(FORMATS)}.")
    if kind == "TEXT":
        text = wire.text(part.get("text"))
        _require_length(text, HEADER, BAD_HEADER, "Header")
        if len(variables(text)) > 1:
            raise flawed(BAD_HEADER, "Header is malformed", "A header has at most one variable.")
        _check_variables(text, parameter_format, BAD_HEADER)
        _require_example(part, bool(variables(text)), ("header_text", "header_text_named_params"), BAD_HEADER)
    elif kind != "LOCATION":
        _require_example(part, True, ("header_handle",), BAD_HEADER)


def _check_body(part: Json, parameter_format: str) -> None:
    text = wire.text(part.get("text"))
    _require_length(text, BODY, BAD_BODY, "Body")
    _check_variables(text, parameter_format, BAD_BODY)
    if text.strip().startswith("{{") or text.strip().endswith("}}"):
        raise flawed(
            DANGLING, "Leading or trailing variable", "Variables can't be at the start or end of the template."
        )
    words = [word for word in VARIABLE.sub(" ", text).split() if any(map(str.isalnum, word))]
    if len(words) < WORDS_PER_VARIABLE * len(variables(text)):
        details = "This template has too many variables for its length. Use fewer, or more words."
        raise flawed(TOO_MANY_VARIABLES, "Too many variables", details)
    _require_example(part, bool(variables(text)), ("body_text", "body_text_named_params"), BAD_BODY)


def _check_footer(part: Json) -> None:
    text = wire.text(part.get("text"))
    _require_length(text, FOOTER, BAD_FOOTER, "Footer")
    if "{{" in text:
        raise flawed(BAD_FOOTER, "Footer is malformed", "A footer has no variables.")


def _check_buttons(buttons: list[Json]) -> None:
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        raise flawed(CANNOT_BE_CREATED, "Template cannot be created", f"A template has 1 to {MOST_BUTTONS} buttons.")
    kinds = [_kind(button) for button in buttons]
    for kind in kinds:
        if kind not in BUTTONS or kinds.count(kind) > BUTTONS[kind]:
            words = f"There are too many buttons of the type {kind[:40]}, or there is no such type."
            raise flawed(CANNOT_BE_CREATED, "Template cannot be created", words)
    runs = sum(1 for one, two in zip(["", *kinds], kinds, strict=False) if two == "QUICK_REPLY" != one)
    if runs > 1:
        raise flawed(CANNOT_BE_CREATED, "Template cannot be created", "Quick replies must stand together.")
    for button in buttons:
        _check_button(button)


def _check_button(button: Json) -> None:
    limits = {"text": LABEL, "url": URL, "phone_number": PHONE, "example": URL}
    for key, limit in limits.items():
        if len(wire.text(button.get(key))) > limit:
            raise flawed(TOO_LONG, "Button is too long", f"{key} has at most {limit} characters.")
    if _kind(button) == "URL":
        url = wire.text(button.get("url"))
        found = list(VARIABLE.finditer(url))
        if not is_web_address(url) or len(found) > 1 or (found and not url.endswith(found[0][0])):
            words = "A URL has at most one variable, at its end."
            raise flawed(CANNOT_BE_CREATED, "Template cannot be created", words)


def _require_length(text: str, limit: int, subcode: int, name: str) -> None:
    if not text.strip():
        raise flawed(subcode, f"{name} is malformed", f"{name} text is missing.")
    if len(text) > limit:
        raise flawed(TOO_LONG, f"{name} is too long", f"{name} text has at most {limit} characters.")


def _check_variables(text: str, parameter_format: str, subcode: int) -> None:
    names = variables(text)
    if VARIABLE.sub("", text).count("{{") or NEIGHBOURS.search(text):
        raise flawed(subcode, "Variables are malformed", "A variable is {{…}}, and no two stand side by side.")
    if parameter_format == "NAMED":
        is_fit = all(VARIABLE_NAME.fullmatch(name) and not name.isdigit() for name in names)
    else:
        is_fit = names == [str(place) for place in range(1, len(names) + 1)]
    if not is_fit:
        words = f"With {parameter_format} parameters the variables may not be called {', '.join(names)[:200]}."
        raise flawed(subcode, "Variables are malformed", words)


def _require_example(part: Json, is_needed: bool, keys: tuple[str, ...], subcode: int) -> None:
    example = wire.mapping(part.get("example"))
    if is_needed and not any(example.get(key) for key in keys):
        raise flawed(subcode, "Example is missing", "What has a variable or a file needs an example of it.")


def _kind(part: Json) -> str:
    return wire.text(part.get("type")).upper()
