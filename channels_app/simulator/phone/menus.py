"""What can be tapped in a message of the number's: reply buttons, rows of a list, links, and a template's buttons.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from channels_app.graph import wire
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage, SimulatedTemplate
from channels_app.simulator.phone.contents import content_of

Json = Mapping[str, Any]

FLOW = "nfm_reply"
SAFE_LINK = re.compile(r"https?://[^\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """`kind` is what a tap on it is to Meta: a `button_reply`, a `list_reply`, an `nfm_reply`, a `button`."""

    id: str
    title: str
    kind: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    rows: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """`opens` is the label of what opens the list; `asks` is "place" or "number" where the person is asked for it."""

    header: str = ""
    footer: str = ""
    buttons: tuple[Option, ...] = ()
    opens: str = ""
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    asks: str = ""

    def option(self, chosen: str) -> Option | None:
        """The button or row whose id is `chosen`."""
        rows = (row for section in self.sections for row in section.rows)
        return next((option for option in (*self.buttons, *rows) if option.id == chosen), None)


def menu_of(row: SimulatedMessage, template: SimulatedTemplate | None = None) -> Menu | None:
    """What `row` offers, or `None`; `template` is the one that it was sent with."""
    if row.author != Author.NUMBER:
        return None
    content = wire.mapping(content_of(row))
    if row.type == "template" and template is not None:
        return _of_template(content, template)
    return _of_interactive(content) if row.type == "interactive" else None


def templates_of(chat: SimulatedChat, rows: Iterable[SimulatedMessage]) -> dict[int, SimulatedTemplate]:
    """The templates that messages of `chat` were sent with, by the message."""
    sent = {row.pk: (row.template, _language(row)) for row in rows if row.template}
    if not sent:
        return {}
    found = SimulatedTemplate.objects.filter(
        account=chat.number.account_id, name__in={name for name, _ in sent.values()}
    )
    known = {(template.name, template.language): template for template in found}
    return {pk: known[asked] for pk, asked in sent.items() if asked in known}


def _language(row: SimulatedMessage) -> str:
    return wire.text(wire.mapping(wire.mapping(content_of(row)).get("language")).get("code"))


def _of_interactive(content: Json) -> Menu:
    action = wire.mapping(content.get("action"))
    header = wire.mapping(content.get("header"))
    asks = {"location_request_message": "place", "contact_request": "number"}
    buttons = [wire.mapping(button.get("reply")) for button in wire.mappings(action.get("buttons"))]
    parameters = wire.mapping(action.get("parameters"))
    return Menu(
        header=wire.text(header.get("text")),
        footer=wire.text(wire.mapping(content.get("footer")).get("text")),
        buttons=tuple(_option(button, "button_reply") for button in buttons) or _flow(parameters),
        opens=wire.text(action.get("button")),
        sections=tuple(map(_section, wire.mappings(action.get("sections")))),
        links=_link(wire.text(parameters.get("display_text")), wire.text(parameters.get("url"))),
        asks=asks.get(wire.text(content.get("type")), ""),
    )


def _of_template(content: Json, template: SimulatedTemplate) -> Menu | None:
    """Its buttons: those that answer, and those that lead somewhere."""
    payloads = {
        wire.text(component.get("index")): wire.text(parameter.get("payload")) or wire.text(parameter.get("text"))
        for component in wire.mappings(content.get("components"))
        if wire.text(component.get("type")).lower() == "button"
        for parameter in wire.mappings(component.get("parameters"))[:1]
    }
    buttons: list[Option] = []
    links: list[Link] = []
    for place, button in enumerate(_buttons(template)):
        title, given = wire.text(button.get("text")), payloads.get(str(place), "")
        if wire.text(button.get("type")).upper() == "QUICK_REPLY":
            buttons.append(Option(id=given or title, title=title, kind="button"))
        else:
            links += _link(title, re.sub(r"\{\{.*?\}\}", given, wire.text(button.get("url"))))
    return Menu(buttons=tuple(buttons), links=tuple(links)) if buttons or links else None


def _buttons(template: SimulatedTemplate) -> list[Json]:
    return [
        button
        for component in wire.mappings(template.components)
        if wire.text(component.get("type")).upper() == "BUTTONS"
        for button in wire.mappings(component.get("buttons"))
    ]


def _section(section: Json) -> Section:
    rows = tuple(_option(row, "list_reply") for row in wire.mappings(section.get("rows")))
    return Section(title=wire.text(section.get("title")), rows=rows)


def _option(found: Json, kind: str) -> Option:
    description = wire.text(found.get("description"))
    return Option(
        id=wire.text(found.get("id")), title=wire.text(found.get("title")), kind=kind, description=description
    )


def _flow(parameters: Json) -> tuple[Option, ...]:
    """What opens a Flow. Ours has no screens: whoever taps has filled it in."""
    title = wire.text(parameters.get("flow_cta"))
    return (Option(id=wire.text(parameters.get("flow_token")) or "unused", title=title, kind=FLOW),) if title else ()


def _link(title: str, url: str) -> tuple[Link, ...]:
    return (Link(title=title or url, url=url),) if SAFE_LINK.fullmatch(url) else ()
