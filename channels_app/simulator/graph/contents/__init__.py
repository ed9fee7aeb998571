"""What a message says: one reader for each kind, which takes it as Meta would or refuses it."""

from collections.abc import Callable, Mapping

from channels_app.graph import wire
from channels_app.simulator.graph import refusals, refusals_of_messages
from channels_app.simulator.graph.contents import attachments, cards, interactive, templates, texts
from channels_app.simulator.graph.contents.said import Json, Recipient, Said

__all__ = ["TYPES", "Recipient", "Said", "read"]

READERS: Mapping[str, Callable[[Recipient, Json], Said]] = {
    "text": texts.text,
    "image": attachments.image,
    "video": attachments.video,
    "audio": attachments.audio,
    "document": attachments.document,
    "sticker": attachments.sticker,
    "location": cards.location,
    "contacts": cards.contacts,
    "reaction": cards.reaction,
    "interactive": interactive.interactive,
    "template": templates.template,
}
TYPES = frozenset(READERS)


def read(to: Recipient, body: Json) -> Said:
    """The content of a message to `to`. Raises `Refusal`."""
    if not isinstance(body.get("type", "text"), str):
        raise refusals.wrong("type", "a string.")
    kind = wire.text(body.get("type")) or "text"
    if kind not in TYPES:
        raise refusals.wrong("type", f"one of {{{', '.join(sorted(TYPES)).upper()}}} - got {kind[:40]!r}.")
    if not body.get(kind):
        raise refusals_of_messages.missing_parameter(kind)
    return READERS[kind](to, body)
