"""What the messages of a chat hold, as the phone shows it: files, places, cards, and what can be tapped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels_app import formatting
from channels_app.graph import wire
from channels_app.simulator.models import Author, SimulatedMessage

FILES = frozenset({"image", "video", "audio", "document", "sticker"})
WORDS: Mapping[str, str] = {
    "image": "📷 Photo",
    "video": "🎬 Video",
    "audio": "🎤 Voice note",
    "document": "📄 Document",
    "sticker": "🏷️ Sticker",
    "location": "📍 Location",
    "contacts": "👤 Contact",
    "interactive": "Buttons",
}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`media_id` is empty where the file lies elsewhere, at `link`."""

    kind: str
    media_id: str
    link: str
    name: str
    voice: bool

    @property
    def word(self) -> str:
        """What it is, for those who cannot see it."""
        return WORDS[self.kind].partition(" ")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    latitude: str
    longitude: str
    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    name: str
    phones: tuple[str, ...]


def content_of(row: SimulatedMessage) -> Any:
    """What stands under the key of its type, whether the row was kept with that key or without."""
    content = row.content
    return content[row.type] if isinstance(content, dict) and row.type in content else content


def file_of(row: SimulatedMessage) -> File | None:
    """The file of a message, that in its header included."""
    content = wire.mapping(content_of(row))
    if row.type in FILES:
        return _file(row.type, content)
    header = _template_header(content) if row.type == "template" else wire.mapping(content.get("header"))
    kind = wire.text(header.get("type"))
    return _file(kind, wire.mapping(header.get(kind))) if kind in FILES else None


def pin_of(row: SimulatedMessage) -> Pin | None:
    if row.type != "location":
        return None
    content = wire.mapping(content_of(row))
    return Pin(
        latitude=str(content.get("latitude", "")),
        longitude=str(content.get("longitude", "")),
        name=wire.text(content.get("name")),
        address=wire.text(content.get("address")),
    )


def cards_of(row: SimulatedMessage) -> tuple[Card, ...]:
    if row.type != "contacts":
        return ()
    return tuple(map(_card, wire.mappings(content_of(row))))


def text_of(row: SimulatedMessage) -> str:
    """The words in a bubble: what the row was kept with, or else the caption or the body that it has."""
    if row.text or row.author == Author.CLOCK:
        return row.text
    content = wire.mapping(content_of(row))
    return wire.text(content.get("caption")) or wire.text(wire.mapping(content.get("body")).get("text"))


def in_short(kind: str, text: str) -> str:
    """A message in a few words, for a list or a quotation."""
    word, text = WORDS.get(kind, ""), formatting.plain(text)
    return f"{word.split()[0]} {text}" if text and kind in FILES else text or word


def _file(kind: str, content: Json) -> File:
    return File(
        kind=kind,
        media_id=wire.text(content.get("id")),
        link=wire.text(content.get("link")),
        name=wire.text(content.get("filename")),
        voice=content.get("voice") is True,
    )


def _template_header(content: Json) -> Json:
    for component in wire.mappings(content.get("components")):
        if wire.text(component.get("type")).lower() == "header":
            return next(iter(wire.mappings(component.get("parameters"))), {})
    return {}


def _card(card: Json) -> Card:
    phones = [wire.text(phone.get("phone")) for phone in wire.mappings(card.get("phones"))]
    name = wire.text(wire.mapping(card.get("name")).get("formatted_name"))
    return Card(name=name or next(filter(None, phones), "A contact"), phones=tuple(filter(None, phones)))
