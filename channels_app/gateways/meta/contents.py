"""What Meta's types of messages hold: a reader for each of them."""

import math
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from channels_app.gateways.base import UnreadableItem
from channels_app.gateways.meta import people, pieces
from channels_app.graph import wire
from channels_app.messages import (
    Address,
    CallPermission,
    Card,
    Choice,
    Contacts,
    Edit,
    FlowAnswer,
    InboundMessage,
    Location,
    Media,
    MediaType,
    Order,
    OrderedItem,
    Origin,
    Reaction,
    Revocation,
    SystemNote,
    Text,
    Unreadable,
    Unsupported,
)

Item = Mapping[str, Any]

SHA256_BYTES = 32


def text(origin: Origin, item: Item) -> Text:
    product = wire.mapping(wire.mapping(item.get("context")).get("referred_product"))
    return Text(origin=origin, body=_needed(_content(item, "text"), "body"), product=product or None)


def media(origin: Origin, item: Item) -> Media:
    type_: MediaType = item["type"]
    found = _content(item, type_)
    return Media(
        origin=origin,
        type="voice" if type_ == "audio" and found.get("voice") is True else type_,
        media_id=_needed(found, "id"),
        mime_type=wire.text(found.get("mime_type")),
        sha256=_hex(wire.text(found.get("sha256"))),
        filename=wire.text(found.get("filename")),
        caption=wire.text(found.get("caption")),
        animated=found.get("animated") is True,
    )


def location(origin: Origin, item: Item) -> Location:
    found = _content(item, "location")
    latitude, longitude = _number(found.get("latitude")), _number(found.get("longitude"))
    if latitude is None or longitude is None:
        raise UnreadableItem("Its location has no latitude or no longitude")
    return Location(
        origin=origin,
        latitude=latitude,
        longitude=longitude,
        name=wire.text(found.get("name")),
        address=wire.text(found.get("address")),
        url=wire.text(found.get("url")),
    )


def contacts(origin: Origin, item: Item) -> Contacts:
    found = wire.mappings(item.get("contacts"))
    if not found:
        raise UnreadableItem("It has no `contacts`")
    requested = any(card.get("origin") == "contact_request" for card in found)
    return Contacts(origin=origin, cards=tuple(map(_card, found)), requested=requested)


def _card(card: Item) -> Card:
    name, phones = wire.mapping(card.get("name")), wire.mappings(card.get("phones"))
    parts = (wire.text(name.get(part)) for part in ("first_name", "middle_name", "last_name"))
    return Card(
        name=wire.text(name.get("formatted_name")) or " ".join(filter(None, parts)),
        phones=_texts(wire.text(phone.get("phone")) or wire.text(phone.get("wa_id")) for phone in phones),
        emails=_texts(wire.text(email.get("email")) for email in wire.mappings(card.get("emails"))),
        organisation=wire.text(wire.mapping(card.get("org")).get("company")),
        wa_ids=_texts(wire.text(phone.get("wa_id")) for phone in phones),
    )


def button(origin: Origin, item: Item) -> Choice:
    found = _content(item, "button")
    title = wire.text(found.get("text"))
    return Choice(origin=origin, id=wire.text(found.get("payload")) or title, title=title, of_template=True)


def interactive(origin: Origin, item: Item) -> InboundMessage:
    found = wire.mapping(item.get("interactive"))
    for kind, read in INTERACTIVE.items():
        if isinstance(found.get(kind), dict):
            return read(origin, found[kind])
    return Unreadable(origin=origin, type="interactive")


def _choice(origin: Origin, found: Item) -> Choice:
    title, description = wire.text(found.get("title")), wire.text(found.get("description"))
    return Choice(origin=origin, id=wire.text(found.get("id")) or title, title=title, description=description)


def _flow(origin: Origin, found: Item) -> FlowAnswer:
    written = found.get("response_json")
    try:
        response = pieces.value(written.encode()) if isinstance(written, str) else written
    except pieces.Odd:
        response = None
    if not isinstance(response, dict):
        response = {"response_json": written} if written else {}
    return FlowAnswer(
        origin=origin, name=wire.text(found.get("name")), body=wire.text(found.get("body")), response=response
    )


def _call_permission(origin: Origin, found: Item) -> CallPermission:
    return CallPermission(origin=origin, response=wire.text(found.get("response")))


INTERACTIVE: Mapping[str, Callable[[Origin, Item], InboundMessage]] = {
    "button_reply": _choice,
    "list_reply": _choice,
    "nfm_reply": _flow,
    "call_permission_reply": _call_permission,
}


def order(origin: Origin, item: Item) -> Order:
    found = _content(item, "order")
    return Order(
        origin=origin,
        catalog_id=wire.text(found.get("catalog_id")),
        text=wire.text(found.get("text")),
        items=tuple(map(_ordered, wire.mappings(found.get("product_items")))),
    )


def _ordered(found: Item) -> OrderedItem:
    return OrderedItem(
        product=wire.text(found.get("product_retailer_id")),
        quantity=_number(found.get("quantity")) or 0.0,
        price=_number(found.get("item_price")) or 0.0,
        currency=wire.text(found.get("currency")),
    )


def reaction(origin: Origin, item: Item) -> Reaction:
    found = _content(item, "reaction")
    return Reaction(origin=origin, target=_needed(found, "message_id"), emoji=wire.text(found.get("emoji")))


def edit(origin: Origin, item: Item) -> Edit:
    found = _content(item, "edit")
    written = wire.mapping(found.get("message"))
    new = wire.mapping(written.get(wire.text(written.get("type"))))
    words = wire.text(new.get("body")) or wire.text(new.get("caption"))
    return Edit(origin=origin, target=_needed(found, "original_message_id"), text=words)


def revoke(origin: Origin, item: Item) -> Revocation:
    return Revocation(origin=origin, target=_needed(_content(item, "revoke"), "original_message_id"))


def system(origin: Origin, item: Item) -> SystemNote:
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/system"""
    found = _content(item, "system")
    body = wire.text(found.get("body"))
    now = people.address(*(found.get(name) for name in ("wa_id", "new_wa_id", "user_id", "parent_user_id")))
    told = re.fullmatch(
        r".*\bfrom (\S+) to \S+", body, re.DOTALL
    )  # the former user id has a key of its own since August 2026
    former = (found.get("previous_user_id"), told and told[1], found.get("previous_parent_user_id"))
    before = people.address(*former, origin.sender.wa_id, origin.sender.user_id) if now else Address()
    return SystemNote(origin=origin, kind=wire.text(found.get("type")), body=body, now=now, before=before)


def unsupported(origin: Origin, item: Item) -> Unsupported:
    error = next(iter(wire.mappings(item.get("errors"))), {})
    kind = wire.text(wire.mapping(item.get("unsupported")).get("type"))
    return Unsupported(origin=origin, kind=kind, code=wire.number(error.get("code")) or 0)


READERS: Mapping[str, Callable[[Origin, Item], InboundMessage]] = {
    "text": text,
    **dict.fromkeys(("image", "video", "audio", "document", "sticker"), media),
    "location": location,
    "contacts": contacts,
    "button": button,
    "interactive": interactive,
    "order": order,
    "reaction": reaction,
    "edit": edit,
    "revoke": revoke,
    "system": system,
    "unsupported": unsupported,
}


def _content(item: Item, type_: str) -> Item:
    found = item.get(type_)
    if not isinstance(found, dict):
        raise UnreadableItem(f"It has no `{type_}`")
    return found


def _needed(found: Item, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise UnreadableItem(f"It has no `{name}`")
    return str(value)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _hex(digest: str) -> str:
    """A SHA-256 in hex, which media answers have, from the base64 that webhooks have."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        return digest.lower()
    try:
        decoded = b64decode(digest, validate=True)
    except ValueError:
        return ""
    return decoded.hex() if len(decoded) == SHA256_BYTES else ""
