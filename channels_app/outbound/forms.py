"""Forms: what a message is besides its text, whether WhatsApp takes it so, how it is sent, and how it is put in words.

Limits: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages
and its neighbours. Titles are counted in UTF-16 units, which are never fewer than what Meta may count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from channels_app.bots.contract import Attachment, Choice, Contact, Link, Place, Template
from channels_app.bots.fields import LONGEST_ADDRESS
from channels_app.bots.values import is_address
from channels_app.messages import (
    Option,
    Outbound,
    SendButtons,
    SendContacts,
    SendFile,
    SendLink,
    SendList,
    SendPlace,
    SendReaction,
    SendRequest,
    SendVoice,
)
from channels_app.outbound import cards, files
from channels_app.outbound.choosing import BUTTON_ID, ROW_ID, wire_ids
from channels_app.outbound.cutting import is_blank
from channels_app.outbound.files import Enclosed

BODY = 1024
MOST_BUTTONS, BUTTON = 3, 20
MOST_ROWS, ROW, ROW_DESCRIPTION = 10, 24, 72
LABEL = "Options"
POINTER = "👇"  # for words that have to be there, and are not
MOST_CARDS, NAME = 257, 1024
MAP = "https://www.google.com/maps?q={:.6f},{:.6f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Choices; `menu` is the label that opens them where they are a list."""

    choices: tuple[Choice, ...]
    menu: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """For the person's place or phone number."""

    of: Literal["location", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    target: str
    emoji: str


Form = Offer | Wish | Link | Place | Cards | React | Attachment | Enclosed | Template
Sendable = Offer | Wish | Link | Place | Cards | React
"""What is sent as it stands: files have to be brought to the carrier before."""

NAMES = ("interactive", "location", "contacts", "reaction", "image", "video", "audio", "document", "sticker")


def of(content: Mapping[str, Any]) -> Form | None:
    """The form that the `content` of a message asks for; `None` for words alone."""
    if content.get("plain"):
        return None
    match content:
        case {"choices": choices}:
            return Offer(choices=tuple(Choice(**each) for each in choices), menu=content.get("menu", ""))
        case {"request": wish}:
            return Wish(of=wish)
        case {"link": link}:
            return Link(**link)
        case {"attachment": attachment}:
            return Attachment(**attachment)
        case {"location": place}:
            return Place(**place)
        case {"contacts": contacts}:
            return Cards(contacts=tuple(map(cards.contact, contacts)))
        case {"reaction": emoji, "target": target}:
            return React(target=target, emoji=emoji)
        case {"template": template}:
            return Template(**template)
        case _:
            return None


def name(form: Form) -> str:
    """Meta's type for a message of this form."""
    match form:
        case Offer() | Wish() | Link():
            return "interactive"
        case Place():
            return "location"
        case Cards():
            return "contacts"
        case React():
            return "reaction"
        case Template():
            return "template"
        case Attachment():
            return files.type_of(form)
        case Enclosed():
            return form.type or "document"
        case _:
            assert_never(form)


def fits(form: Sendable | Attachment | Enclosed) -> bool:
    """Whether WhatsApp takes it in this form."""
    match form:
        case Offer(choices=choices):
            return _are_buttons(choices) or _are_rows(choices)
        case Link(title=title, url=url):
            return _is_sized(title, BUTTON) and is_address(url) and len(url) <= LONGEST_ADDRESS
        case Attachment():
            return False
        case Enclosed():
            return form.type is not None
        case Place(name=place, address=address):
            on_earth = -90 <= form.latitude <= 90 and -180 <= form.longitude <= 180
            return on_earth and len(place) <= NAME and len(address) <= NAME
        case Cards(contacts=contacts):
            named = all(not is_blank(contact.name) and len(contact.name) <= NAME for contact in contacts)
            return 0 < len(contacts) <= MOST_CARDS and named
        case Wish() | React():
            return True
        case _:
            assert_never(form)


def longest(form: Form) -> int | None:
    """How many characters of text may stand in a message of this form; `None` where there is none in it."""
    match form:
        case Offer() | Wish() | Link():
            return BODY
        case Attachment():
            return files.CAPTION
        case Enclosed():
            return files.CAPTION if form.type in files.CAPTIONED else 0
        case Place() | Cards() | React() | Template():
            return None
        case _:
            assert_never(form)


def outbound(form: Sendable, text: str, quoted: str | None) -> Outbound:
    """The message, which fits."""
    body = POINTER if is_blank(text) else text
    match form:
        case Offer(choices=choices) if _are_buttons(choices):
            options = zip(wire_ids(choices, BUTTON_ID), choices, strict=True)
            buttons = tuple(Option(id=id_, title=choice.title) for id_, choice in options)
            return SendButtons(body=body, options=buttons, quoted=quoted)
        case Offer(choices=choices, menu=menu):
            options = zip(wire_ids(choices, ROW_ID), choices, strict=True)
            rows = tuple(Option(id=id_, title=each.title, description=each.description) for id_, each in options)
            label = menu if _is_sized(menu, BUTTON) else LABEL
            return SendList(body=body, label=label, options=rows, quoted=quoted)
        case Wish(of=wish):
            return SendRequest(body=body, wish=wish, quoted=quoted)
        case Link(title=title, url=url):
            return SendLink(body=body, title=title, url=url, quoted=quoted)
        case Place():
            return SendPlace(
                latitude=form.latitude, longitude=form.longitude, name=form.name, address=form.address, quoted=quoted
            )
        case Cards(contacts=contacts):
            return SendContacts(cards=tuple(map(cards.card, contacts)), quoted=quoted)
        case React(target=target, emoji=emoji):
            return SendReaction(target=target, emoji=emoji)
        case _:
            assert_never(form)


def enclosing(form: Enclosed, media_id: str, caption: str, quoted: str | None) -> Outbound:
    """The message with a file that the carrier keeps under `media_id`."""
    kind = form.type or "document"
    if form.is_voice_note:
        return SendVoice(media_id=media_id, quoted=quoted)
    named = form.name if kind == "document" else ""
    return SendFile(type=kind, media_id=media_id, caption=caption, filename=named, quoted=quoted)


def in_words(form: Form | None, text: str) -> str:
    """`text`, with all that the form would have shown: for a window that is shut, or a form that is not taken."""
    match form:
        case Offer(choices=choices):
            return _below(text, "\n".join(map(_numbered, enumerate(choices, start=1))))
        case Link(url=url, title=title):
            return _below(text, f"{title}: {url}" if title else url)
        case Attachment(url=url):
            return _below(text, url or form.media)
        case Enclosed(link=link):
            return _below(text, f"{form.name}: {link}" if form.name else link) if link else text
        case Place():
            return text or "\n".join(filter(None, (form.name, form.address, MAP.format(form.latitude, form.longitude))))
        case Cards(contacts=contacts):
            return text or "\n\n".join(map(cards.in_words, contacts))
        case Wish():
            return POINTER if is_blank(text) else text
        case React() | Template() | None:
            return text
        case _:
            assert_never(form)


def _are_buttons(choices: Sequence[Choice]) -> bool:
    titles = {choice.title.casefold() for choice in choices}
    sized = all(_is_sized(choice.title, BUTTON) and not choice.description for choice in choices)
    return 0 < len(choices) <= MOST_BUTTONS and sized and len(titles) == len(choices)


def _are_rows(choices: Sequence[Choice]) -> bool:
    rows = {(choice.title.casefold(), choice.description.casefold()) for choice in choices}
    sized = all(
        _is_sized(choice.title, ROW) and (not choice.description or _is_sized(choice.description, ROW_DESCRIPTION))
        for choice in choices
    )
    return 0 < len(choices) <= MOST_ROWS and sized and len(rows) == len(choices)


def _is_sized(title: str, most: int) -> bool:
    return not is_blank(title) and "\n" not in title and len(title.encode("utf-16-le")) // 2 <= most


def _numbered(choice: tuple[int, Choice]) -> str:
    number, offered = choice
    return f"{number}. " + ": ".join(filter(None, (offered.title, offered.description)))


def _below(text: str, lines: str) -> str:
    return f"{text}\n\n{lines}" if text else lines
