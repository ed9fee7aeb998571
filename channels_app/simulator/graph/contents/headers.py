"""The header of a template that is sent: a line, a file or a place."""

from channels_app.graph import wire
from channels_app.simulator.graph import refusals_of_messages
from channels_app.simulator.graph.contents import attachments, cards
from channels_app.simulator.graph.contents.filling import filled
from channels_app.simulator.graph.contents.said import Json, Recipient, objects
from channels_app.simulator.models import SimulatedTemplate

TEXT_LIMIT = 60
FILES = ("image", "video", "document")


def fill(to: Recipient, template: SimulatedTemplate, parameters: list[Json]) -> str:
    """The line of the header as the person reads it, "" where it has none. Raises `Refusal`."""
    headers = [part for part in wire.mappings(template.components) if wire.text(part.get("type")).upper() == "HEADER"]
    header: Json = headers[0] if headers else {}
    kind = wire.text(header.get("format")).lower() or "text"
    if kind == "text":
        named = template.parameter_format == "NAMED"
        line = filled("header", wire.text(header.get("text")), parameters, named=named)
        if len(line) > TEXT_LIMIT:
            raise refusals_of_messages.template_text_too_long("header", len(line), TEXT_LIMIT)
        return line
    if len(parameters) != 1:
        raise refusals_of_messages.parameter_format(f"header: Format mismatch, expected {kind.upper()}, received none")
    received = wire.text(parameters[0].get("type")).lower()
    if received != kind:
        details = f"header: Format mismatch, expected {kind.upper()}, received {received.upper()[:40]}"
        raise refusals_of_messages.parameter_format(details)
    _check(to, kind, parameters[0])
    return ""


def _check(to: Recipient, kind: str, parameter: Json) -> None:
    if kind == "location":
        cards.location(to, parameter)
    elif kind in FILES:
        more = ("filename",) if kind == "document" else ()
        attachments.check_file(to, objects(parameter.get(kind), kind), kind, more, kind)
