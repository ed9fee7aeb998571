from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

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
from channels_app.words import asks, content, describe, type_of

ORIGIN = Origin(external_id="wamid.1", sender=Address(wa_id="27831234567"), sent_at=datetime(2026, 11, 20, tzinfo=UTC))
ITEM = OrderedItem(product="SKU-18", quantity=2.0, price=49.9, currency="ZAR")


def media(type_: Any, **others: Any) -> Media:
    return Media(origin=ORIGIN, type=type_, media_id="1", mime_type="x/y", **others)


CASES: list[tuple[InboundMessage, str, str, bool]] = [
    (Text(origin=ORIGIN, body="Hi\nthere"), "text", "Hi\nthere", True),
    (media("image", caption="My receipt"), "image", "A picture, with the words “My receipt”", True),
    (media("video"), "video", "A video", True),
    (media("audio"), "audio", "An audio file", True),
    (media("voice"), "audio", "A voice note", True),
    (media("document", filename="a.pdf", caption="a.pdf"), "document", "A document named “a.pdf”", True),
    (
        media("document", filename="a.pdf", caption="Mine"),
        "document",
        "A document named “a.pdf”, with the words “Mine”",
        True,
    ),
    (media("sticker"), "sticker", "A sticker", True),
    (Location(origin=ORIGIN, latitude=-33.9249, longitude=18.4241), "location", "A place: -33.9249, 18.4241", True),
    (
        Location(origin=ORIGIN, latitude=-33.5, longitude=18.25, name="City Hall", address="Darling St"),
        "location",
        "A place: City Hall, Darling St, -33.5, 18.25",
        True,
    ),
    (
        Contacts(origin=ORIGIN, cards=(Card(name="Sipho Dube", phones=("+27 82 555 0100",)),)),
        "contacts",
        "A contact: Sipho Dube, +27 82 555 0100",
        True,
    ),
    (Contacts(origin=ORIGIN, cards=(Card(name="A"), Card())), "contacts", "2 contacts: A; unnamed", True),
    (Choice(origin=ORIGIN, id="slot-2", title="Tuesday"), "interactive", "Tuesday", True),
    (Choice(origin=ORIGIN, id="STOP", title="Stop", of_template=True), "button", "Stop", True),
    (
        FlowAnswer(origin=ORIGIN, name="flow", body="Sent", response={"flow_token": "b7c1", "rating": "4"}),
        "interactive",
        "A form, filled in: rating: 4",
        True,
    ),
    (FlowAnswer(origin=ORIGIN, name="flow", body="Sent", response={}), "interactive", "A form, filled in", True),
    (
        Order(origin=ORIGIN, catalog_id="1", text="After 5", items=(ITEM,)),
        "order",
        "An order of 2 of SKU-18 at 49.9 ZAR, with the words “After 5”",
        True,
    ),
    (CallPermission(origin=ORIGIN, response="accept"), "interactive", "The answer to our wish to call: accept", False),
    (Reaction(origin=ORIGIN, target="wamid.0", emoji="👍"), "reaction", "The reaction 👍", False),
    (Reaction(origin=ORIGIN, target="wamid.0", emoji=""), "reaction", "A reaction was taken back", False),
    (Edit(origin=ORIGIN, target="wamid.0", text="Hi"), "edit", "An earlier message was changed to “Hi”", False),
    (Revocation(origin=ORIGIN, target="wamid.0"), "revoke", "An earlier message was deleted", False),
    (SystemNote(origin=ORIGIN, kind="x", body="User A changed"), "system", "User A changed", False),
    (SystemNote(origin=ORIGIN, kind="x", body=""), "system", "WhatsApp says: x", False),
    (
        Unsupported(origin=ORIGIN, kind="poll", code=131051),
        "unsupported",
        "A message that WhatsApp could not hand over (poll)",
        True,
    ),
    (
        Unsupported(origin=ORIGIN, kind="", code=131060),
        "unsupported",
        "A message that WhatsApp could not hand over",
        False,
    ),
    (
        Unsupported(origin=ORIGIN, kind="unknown", code=0),
        "unsupported",
        "A message that WhatsApp could not hand over",
        False,
    ),
    (Unreadable(origin=ORIGIN, type="ephemeral"), "ephemeral", "A message of a new kind (ephemeral)", True),
    (
        Unreadable(origin=ORIGIN, type="request_welcome"),
        "request_welcome",
        "A message of a new kind (request_welcome)",
        False,
    ),
]


def test_every_kind_of_message_is_looked_at() -> None:
    assert {type(message) for message, *_ in CASES} == set(get_args(InboundMessage))


@pytest.mark.parametrize(("message", "type_", "words", "is_asking"), CASES)
def test_a_message_has_words_a_type_and_asks_or_not(
    message: InboundMessage, type_: str, words: str, is_asking: bool
) -> None:
    assert (type_of(message), describe(message), asks(message)) == (type_, words, is_asking)


def test_content_is_all_but_where_it_came_from() -> None:
    assert content(CASES[1][0]) == {
        "type": "image",
        "media_id": "1",
        "mime_type": "x/y",
        "sha256": "",
        "filename": "",
        "caption": "My receipt",
        "animated": False,
    }


def test_content_of_what_holds_more_is_json() -> None:
    order = Order(origin=ORIGIN, catalog_id="1", text="", items=(ITEM,))
    items = [{"product": "SKU-18", "quantity": 2.0, "price": 49.9, "currency": "ZAR"}]
    assert content(order) == {"catalog_id": "1", "text": "", "items": items}


def test_content_says_how_a_message_came_to_be_written() -> None:
    origin = replace(ORIGIN, forwarded=True, referral={"source_id": "1"})
    said = content(Text(origin=origin, body="Hi"))
    assert (said["forwarded"], said["referral"]) == (True, {"source_id": "1"})
