"""Contents: what a message is besides its words, as a page shows it: files, places, cards, choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from channels_app.models import Message
from channels_app.outbound.forms import MAP
from channels_app.web.conversations.summing import is_file, is_voice, kind_of, name_of

Shown = Literal["image", "sticker", "video", "audio", "voice", "document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    name: str
    address: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    name: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A choice that was offered; `taken` says that they took it."""

    title: str
    description: str
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A file at an address of somebody else's: told of, and not shown."""

    url: str
    host: str


def away_of(message: Message) -> Away | None:
    """The address of a file that the reply named, where the file is not kept here."""
    url = str((message.content.get("attachment") or {}).get("url") or "")
    if not url or message.attachments:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return Away(url=url, host=parts.hostname or "") if parts.scheme in ("http", "https") else None


def shown_as(message: Message) -> Shown | None:
    """As what a file is shown; `None` where there is none."""
    if message.sent_as == "voice":
        return "voice"
    if not is_file(message):
        return None
    if message.type == "audio" and is_voice(message):
        return "voice"
    return message.type  # type: ignore[return-value]


def label_of(message: Message) -> str:
    """What a file is called: by its name where it has one."""
    return name_of(message) or kind_of(message)


def pin_of(message: Message) -> Pin | None:
    place = message.content.get("location") if "location" in message.content else message.content
    if message.type != "location" or not isinstance(place, Mapping):
        return None
    try:
        url = MAP.format(float(place["latitude"]), float(place["longitude"]))
    except (KeyError, TypeError, ValueError):
        return None
    return Pin(
        name=str(place.get("name") or "") or _("Location"),
        address=str(place.get("address") or ""),
        url=url,
    )


def cards_of(message: Message) -> list[Card]:
    """Contacts, as they came (`cards`) or as the reply had them (`contacts`)."""
    found = message.content.get("cards") or message.content.get("contacts") or []
    return [_card(each) for each in found if isinstance(each, Mapping)] if message.type == "contacts" else []


def choices_of(message: Message, taken: set[str]) -> list[Offered]:
    """What it offered, and what of that was taken: by title, for that is what both sides know."""
    offered = message.content.get("choices")
    if not isinstance(offered, list):
        return []
    return [
        Offered(
            title=str(each.get("title") or ""),
            description=str(each.get("description") or ""),
            taken=str(each.get("title") or "") in taken,
        )
        for each in offered
        if isinstance(each, Mapping)
    ]


def is_choice(message: Message) -> bool:
    """Whether they tapped it, and did not type it."""
    return all(name in message.content for name in ("id", "title", "of_template"))


def link_of(message: Message) -> tuple[str, str] | None:
    """A button with an address behind it: its title, and the address."""
    link = message.content.get("link")
    if not isinstance(link, Mapping) or message.content.get("plain"):
        return None
    url = str(link.get("url") or "")
    return (str(link.get("title") or url), url) if url.startswith(("http://", "https://")) else None


def request_of(message: Message) -> str:
    """What it asked the person for, with a button of WhatsApp's own."""
    match message.content.get("request"):
        case "location":
            return _("Asks for their location")
        case "number":
            return _("Asks for their phone number")
        case _:
            return ""


def _card(found: Mapping[str, Any]) -> Card:
    phones = [str(each.get("number") if isinstance(each, Mapping) else each) for each in found.get("phones") or []]
    lines = [*phones, *map(str, found.get("emails") or []), str(found.get("organisation") or "")]
    return Card(name=str(found.get("name") or _("Contact")), lines=[line for line in lines if line])
