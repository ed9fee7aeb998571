"""Messages that can be tapped: buttons, lists, links, Flows, and requests for a place or a number.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from channels_app.graph import wire
from channels_app.simulator.graph import refusals, refusals_of_messages
from channels_app.simulator.graph.contents import attachments, emoji
from channels_app.simulator.graph.contents.said import (
    Json,
    Recipient,
    Said,
    is_web_address,
    items,
    objects,
    only,
    sized,
)

BODY, LIST_BODY, HEADER, FOOTER = 1024, 4096, 60, 60
MOST_BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
MOST_SECTIONS, MOST_ROWS, SECTION_TITLE = 10, 10, 24
ROW_ID, ROW_TITLE, ROW_DESCRIPTION = 200, 24, 72
DISPLAY_TEXT, URL, FLOW_CTA = 20, 2000, 30
FLOW_VERSION = "3"
NOT_HERE = frozenset(
    {"product", "product_list", "catalog_message", "carousel", "address_message", "voice_call"}
    | {"call_permission_request"}
)
"""What Meta has besides: shops, calls, and what is for some countries alone."""
FLOW = (
    *("flow_message_version", "flow_id", "flow_name", "flow_cta", "flow_token", "mode", "flow_action"),
    "flow_action_payload",
)
TEXT_ALONE, ANY_HEADER = frozenset({"text"}), frozenset({"text", "image", "video", "document"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a type of interactive message may have, and the check of its action."""

    headers: frozenset[str]
    action: Callable[[Json], None]
    has_footer: bool = True
    body: int = BODY


def interactive(to: Recipient, body: Json) -> Said:
    found = objects(body["interactive"], "interactive")
    only(found, ("type", "header", "body", "footer", "action"), "interactive")
    kind = wire.text(found.get("type"))
    form = FORMS.get(kind)
    if not kind:
        raise refusals_of_messages.missing("interactive['type'] is required.")
    if kind in NOT_HERE:
        raise refusals.wrong("interactive['type']", f"one that the simulator has: Meta knows {kind}, and it does not.")
    if form is None:
        raise refusals.wrong("interactive['type']", f"one of {{{', '.join(FORMS)}}} - got {kind[:40]!r}.")
    words = _body(found, form.body)
    _check_header(to, found, form)
    _check_footer(found, form)
    if "action" not in found:
        raise refusals_of_messages.missing("Interactive action is required.")
    form.action(objects(found["action"], "interactive['action']"))
    return Said(type="interactive", text=words, content={"interactive": found})


def _body(found: Json, limit: int) -> str:
    if "body" not in found:
        raise refusals_of_messages.missing("Interactive body is required.")
    body = objects(found["body"], "interactive['body']")
    only(body, ("text",), "interactive['body']")
    return sized(body, "text", "Body text", limit)


def _check_header(to: Recipient, found: Json, form: Form) -> None:
    if "header" not in found:
        return
    header = objects(found["header"], "interactive['header']")
    kind = wire.text(header.get("type"))
    if kind not in form.headers:
        allowed = ", ".join(sorted(form.headers)) or "none"
        raise refusals_of_messages.bad_value(f"Header type invalid. Allowed for this message: {allowed}.")
    only(header, ("type", "sub_text", kind), "interactive['header']")
    if kind == "text":
        sized(header, "text", "Header text", HEADER)
        return
    name = f"interactive['header']['{kind}']"
    more = ("filename",) if kind == "document" else ()
    attachments.check_file(to, objects(header.get(kind), name), kind, more, name)


def _check_footer(found: Json, form: Form) -> None:
    if "footer" not in found:
        return
    if not form.has_footer:
        raise refusals_of_messages.bad_value("A footer is not allowed for this message.")
    footer = objects(found["footer"], "interactive['footer']")
    only(footer, ("text",), "interactive['footer']")
    sized(footer, "text", "Footer text", FOOTER)


def _check_buttons(action: Json) -> None:
    only(action, ("buttons",), "interactive['action']")
    if "buttons" not in action:
        raise refusals_of_messages.missing("Action buttons are required.")
    buttons = items(action["buttons"], "interactive['action']['buttons']")
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        raise refusals_of_messages.bad_value(f"Invalid buttons count. Min allowed buttons: 1, Max: {MOST_BUTTONS}")
    titles, ids = [], []
    for place, button in enumerate(buttons):
        parameter = f"interactive['action']['buttons'][{place}]"
        only(button, ("type", "reply"), parameter)
        if button.get("type") != "reply":
            raise refusals_of_messages.bad_value(f"{parameter}['type'] must be reply.")
        reply = objects(button.get("reply"), f"{parameter}['reply']")
        only(reply, ("id", "title"), f"{parameter}['reply']")
        titles.append(sized(reply, "title", "Button title", BUTTON_TITLE))
        ids.append(sized(reply, "id", "Button id", BUTTON_ID))
    _require_distinct(titles, "Duplicated button title")
    _require_distinct(ids, "Duplicated button id")


def _check_list(action: Json) -> None:
    only(action, ("button", "sections"), "interactive['action']")
    sized(action, "button", "Action button label", BUTTON_TITLE)
    if "sections" not in action:
        raise refusals_of_messages.missing("Action sections are required.")
    sections = items(action["sections"], "interactive['action']['sections']")
    if not 1 <= len(sections) <= MOST_SECTIONS:
        raise refusals_of_messages.bad_value(f"Invalid sections count. Min allowed sections: 1, Max: {MOST_SECTIONS}")
    ids: list[str] = []
    for place, section in enumerate(sections):
        ids += _rows(section, f"interactive['action']['sections'][{place}]")
    if not 1 <= len(ids) <= MOST_ROWS:
        raise refusals_of_messages.bad_value(f"Total row count exceed max allowed count: {MOST_ROWS}")
    _require_distinct(ids, "Duplicated row id")


def _rows(section: Json, parameter: str) -> list[str]:
    """The ids of the rows of a section."""
    only(section, ("title", "rows"), parameter)
    sized(section, "title", "Section title", SECTION_TITLE)
    rows = items(section.get("rows", []), f"{parameter}['rows']")
    if not rows:
        raise refusals_of_messages.missing(f"{parameter}['rows'] is required.")
    for row in rows:
        only(row, ("id", "title", "description"), f"{parameter}['rows']")
        sized(row, "title", "Row title", ROW_TITLE)
        if row.get("description"):
            sized(row, "description", "Row description", ROW_DESCRIPTION)
    return [sized(row, "id", "Row id", ROW_ID) for row in rows]


def _check_link(action: Json) -> None:
    parameters = _named(action, "cta_url")
    only(parameters, ("display_text", "url"), "interactive['action']['parameters']")
    sized(parameters, "display_text", "Display text", DISPLAY_TEXT)
    if not is_web_address(sized(parameters, "url", "URL", URL)):
        raise refusals_of_messages.bad_value("URL is not valid.")


def _check_flow(action: Json) -> None:
    parameters = _named(action, "flow")
    only(parameters, FLOW, "interactive['action']['parameters']")
    if sized(parameters, "flow_message_version", "flow_message_version", 10) != FLOW_VERSION:
        raise refusals_of_messages.bad_value(f"flow_message_version must be {FLOW_VERSION}.")
    label = sized(parameters, "flow_cta", "flow_cta", FLOW_CTA)
    if emoji.are_in(label):
        raise refusals_of_messages.bad_value("flow_cta must not hold emoji.")
    named_by = {"flow_id", "flow_name"} & parameters.keys()
    if not named_by:
        raise refusals_of_messages.missing("One of flow_id and flow_name is required.")
    if len(named_by) > 1:
        raise refusals_of_messages.bad_value("Only one of flow_id and flow_name is allowed.")
    for key, known in (("mode", ("draft", "published")), ("flow_action", ("navigate", "data_exchange"))):
        if parameters.get(key, known[0]) not in known:
            raise refusals_of_messages.bad_value(f"{key} must be one of {known[0]} and {known[1]}.")
    if "flow_action_payload" in parameters:
        payload = objects(parameters["flow_action_payload"], "flow_action_payload")
        sized(payload, "screen", "flow_action_payload['screen']", 200)
        if payload.get("data", {"": ""}) in ({}, None):
            raise refusals_of_messages.bad_value("flow_action_payload['data'] must not be empty.")


def _check_request_for_place(action: Json) -> None:
    _named(action, "send_location")


def _check_request_for_number(action: Json) -> None:
    _named(action, "request_contact_info")


def _named(action: Json, name: str) -> Json:
    """The parameters of an action that has to be called `name`."""
    only(action, ("name", "parameters"), "interactive['action']")
    if "name" not in action:
        raise refusals_of_messages.missing("Action name is required.")
    if action["name"] != name:
        raise refusals_of_messages.bad_value(f"Action name must be {name}.")
    return objects(action.get("parameters", {}), "interactive['action']['parameters']")


def _require_distinct(values: list[str], complaint: str) -> None:
    if len(set(values)) < len(values):
        raise refusals_of_messages.bad_value(complaint)


NO_HEADER: frozenset[str] = frozenset()
FORMS: Mapping[str, Form] = {
    "button": Form(headers=ANY_HEADER, action=_check_buttons),
    "list": Form(headers=TEXT_ALONE, action=_check_list, body=LIST_BODY),
    "cta_url": Form(headers=ANY_HEADER, action=_check_link),
    "location_request_message": Form(headers=NO_HEADER, action=_check_request_for_place, has_footer=False),
    "flow": Form(headers=ANY_HEADER, action=_check_flow),
    "contact_request": Form(headers=NO_HEADER, action=_check_request_for_number, has_footer=False),
}
