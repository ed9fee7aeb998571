"""What people and numbers feel about each other's messages: one emoji each, and the last one holds."""

from channels_app.graph import wire
from channels_app.simulator.models import SimulatedChat, SimulatedMessage
from channels_app.simulator.notifying import REACTION
from channels_app.simulator.phone.contents import content_of

__all__ = ["REACTION", "of"]


def of(chat: SimulatedChat) -> dict[str, dict[str, str]]:
    """By the wamid of what was reacted to, the emoji of each author; it is empty where it was taken back."""
    found: dict[str, dict[str, str]] = {}
    for row in SimulatedMessage.objects.filter(chat=chat, type=REACTION, failure=None):
        content = wire.mapping(content_of(row))
        found.setdefault(wire.text(content.get("message_id")), {})[row.author] = wire.text(content.get("emoji"))
    return found
