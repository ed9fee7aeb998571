"""What each recording in tests/data/meta/ must become: its messages and statuses read, the rest kept as what it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels_app.errors import Problem
from channels_app.gateways.base import EnvelopeKind
from channels_app.graph.meanings import explain
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
    StatusUpdate,
    SystemNote,
    Text,
    Unreadable,
    Unsupported,
)

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
THANDI = Address(wa_id="27831234567", user_id="ZA.48213907715526")
NOBODY = Address()
SIPHO = Address(wa_id="27825550100", user_id="ZA.55120098311274")
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PRICE = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An envelope that nobody reads: kept, and no turn of anyone."""

    field: str
    type: str = ""
    kind: EnvelopeKind = "other"
    external_id: str = ""
    sender: Address = NOBODY


Reading = InboundMessage | StatusUpdate | Kept


def theirs(number: str) -> str:
    return f"wamid.HBgLMjc4MzEyMzQ1NjcVAgASGBQzA{number}AA=="


def ours(number: str) -> str:
    return f"wamid.HBgLMjc4MzEyMzQ1NjcVAgASGBQzOUT{number}AA=="


def origin(number: str, **others: Any) -> Origin:
    return Origin(**{"external_id": theirs(number), "sender": THANDI, "sent_at": AT, "name": "Thandi M", **others})


def media(number: str, type_: MediaType, mime_type: str, media_id: str, **others: Any) -> Media:
    return Media(origin=origin(number), type=type_, media_id=media_id, mime_type=mime_type, sha256=SHA256, **others)


def status(number: str, name: str, **others: Any) -> StatusUpdate:
    return StatusUpdate(**{"external_id": ours(number), "status": name, "at": AT, "recipient": THANDI, **others})


def problem(code: int, detail: str) -> Problem:
    meaning = explain(code)
    return Problem(code=code, title=meaning.title, detail=detail, advice=meaning.advice)


def change_of(field: str) -> tuple[Reading, ...]:
    return (Kept(field=field, type=field),)


READINGS: dict[str, tuple[Reading, ...]] = {
    "batch": (
        Text(origin=origin("041", sender=SIPHO, name="Sipho"), body="first"),
        Text(origin=origin("042"), body="second"),
        status(
            "12",
            "failed",
            recipient=Address(wa_id="27831234567"),
            problem=problem(131026, "Message undeliverable"),
        ),
        status("13", "read", recipient=Address(wa_id="27831234567")),
        Kept(field="message_template_status_update", type="message_template_status_update"),
    ),
    "text": (Text(origin=origin("001"), body="Do you open on Sunday?"),),
    "text_username": (
        Text(
            origin=origin("002", sender=Address(user_id="ZA.48213907715526"), username="thandi.m"),
            body="Hi",
        ),
    ),
    "text_quoting": (Text(origin=origin("003", quoted=ours("01")), body="This one please"),),
    "text_forwarded": (Text(origin=origin("004", forwarded=True), body="Look at this"),),
    "text_often_forwarded": (Text(origin=origin("005", forwarded=True), body="Look at this"),),
    "text_about_product": (
        Text(
            origin=origin("006", quoted=ours("02")),
            body="Is it in stock?",
            product={"catalog_id": "221904418830377", "product_retailer_id": "SKU-18"},
        ),
    ),
    "text_from_ad": (
        Text(
            origin=origin(
                "007",
                referral={
                    "source_url": "https://fb.me/9xQ2abcd",
                    "source_id": "120208812340560123",
                    "source_type": "ad",
                    "headline": "Ask us anything",
                    "body": "We answer in minutes",
                    "media_type": "image",
                    "image_url": "https://scontent.xx.fbcdn.net/v/ad.jpg",
                    "ctwa_clid": "ARAkLkA8rmlFeiCkXcTL0",
                    "welcome_message": {"text": "Hi! How can we help?"},
                },
            ),
            body="I saw your ad",
        ),
    ),
    "image": (media("008", "image", "image/jpeg", "873310440512904", caption="My receipt"),),
    "voice": (media("009", "voice", "audio/ogg; codecs=opus", "873310440512905"),),
    "video": (media("010", "video", "video/mp4", "873310440512906", caption="Look"),),
    "document": (
        media("011", "document", "application/pdf", "873310440512907", filename="invoice 7.pdf", caption="Invoice"),
    ),
    "sticker": (media("012", "sticker", "image/webp", "873310440512908"),),
    "location": (
        Location(
            origin=origin("013"),
            latitude=-33.9249,
            longitude=18.4241,
            name="City Hall",
            address="Darling St, Cape Town",
            url="https://example.org/city-hall",
        ),
    ),
    "contacts": (
        Contacts(
            origin=origin("014"),
            cards=(
                Card(
                    name="Sipho Dube",
                    phones=("+27 82 555 0100",),
                    emails=("sipho@example.org",),
                    wa_ids=("27825550100",),
                ),
            ),
        ),
    ),
    "contacts_requested": (
        Contacts(
            origin=origin("015"),
            cards=(Card(phones=("+27 83 123 4567",), wa_ids=("27831234567",)),),
            requested=True,
        ),
    ),
    "reaction": (Reaction(origin=origin("016"), target=ours("01"), emoji="👍"),),
    "reaction_removed": (Reaction(origin=origin("017"), target=ours("01"), emoji=""),),
    "button": (
        Choice(origin=origin("018", quoted=ours("03")), id="STOP_UPDATES", title="Stop updates", of_template=True),
    ),
    "button_reply": (Choice(origin=origin("019", quoted=ours("04")), id="yes", title="Yes"),),
    "list_reply": (
        Choice(origin=origin("020", quoted=ours("05")), id="slot-2", title="Tuesday", description="09:00 to 11:00"),
    ),
    "flow_answer": (
        FlowAnswer(
            origin=origin("021", quoted=ours("06")),
            name="flow",
            body="Sent",
            response={"flow_token": "b7c1", "rating": "4"},
        ),
    ),
    "call_permission": (CallPermission(origin=origin("022", quoted=ours("07")), response="accept"),),
    "order": (
        Order(
            origin=origin("023"),
            catalog_id="221904418830377",
            text="Please deliver after 5",
            items=(OrderedItem(product="SKU-18", quantity=2.0, price=49.9, currency="ZAR"),),
        ),
    ),
    "system_number_changed": (
        SystemNote(
            origin=origin("024", sender=Address(wa_id="27831234567"), name=""),
            kind="user_changed_number",
            body="User Thandi M changed from 27831234567 to 27829998888",
            now=Address(wa_id="27829998888"),
            before=Address(wa_id="27831234567"),
        ),
    ),
    "system_user_id_changed": (
        SystemNote(
            origin=origin("025", sender=Address(), name=""),
            kind="user_changed_user_id",
            body="User Thandi M changed from ZA.48213907715526 to ZA.77310428890145",
            now=Address(user_id="ZA.77310428890145"),
            before=Address(user_id="ZA.48213907715526"),
        ),
    ),
    "system_identity_changed": (
        SystemNote(origin=origin("026"), kind="customer_identity_changed", body="User identity changed"),
    ),
    "unsupported_poll": (Unsupported(origin=origin("027"), kind="poll", code=131051),),
    "unsupported_unavailable": (Unsupported(origin=origin("028"), kind="", code=131060),),
    "request_welcome": (Unreadable(origin=origin("029"), type="request_welcome"),),
    "edit": (Edit(origin=origin("030"), target=theirs("001"), text="Do you open on Saturday?"),),
    "revoke": (Revocation(origin=origin("031"), target=theirs("001")),),
    "interactive_missing": (
        Unreadable(origin=origin("032", quoted=ours("06")), type="interactive"),
        Kept(kind="error", field="messages", type="messages"),
    ),
    "number_error": (Kept(kind="error", field="messages", type="messages"),),
    "status_sent": (status("01", "sent", callback="msg:5d0c", pricing=PRICE),),
    "status_sent_free": (
        status(
            "08",
            "sent",
            pricing={
                "billable": False,
                "pricing_model": "PMP",
                "type": "free_entry_point",
                "category": "referral_conversion",
            },
        ),
    ),
    "status_delivered": (status("01", "delivered", pricing=PRICE),),
    "status_read": (status("01", "read"),),
    "status_played": (status("09", "played"),),
    "failed_window": (
        status(
            "01",
            "failed",
            recipient=Address(wa_id="27831234567"),
            callback="msg:5d0c",
            window_shut=True,
            problem=problem(
                131047,
                "Message failed to send because more than 24 hours have passed since the customer last replied to this "
                "number.",
            ),
        ),
    ),
    "status_to_user_id": (status("10", "delivered", recipient=Address(user_id="ZA.48213907715526"), pricing=PRICE),),
    "status_group": (status("11", "read"),),
    **dict.fromkeys(
        ("template_approved", "template_rejected", "template_paused", "template_disabled"),
        change_of("message_template_status_update"),
    ),
    "template_quality": change_of("message_template_quality_update"),
    "template_category_announced": change_of("template_category_update"),
    "template_category_changed": change_of("template_category_update"),
    "template_edited": change_of("message_template_components_update"),
    "number_quality": change_of("phone_number_quality_update"),
    "number_name": change_of("phone_number_name_update"),
    **dict.fromkeys(
        (
            "account_restricted",
            "account_restricted_templates",
            "account_violation",
            "account_disabled",
            "account_deleted",
            "account_partner_removed",
            "account_country",
        ),
        change_of("account_update"),
    ),
    "account_alert": change_of("account_alerts"),
    "account_review": change_of("account_review_update"),
    "capability": change_of("business_capability_update"),
    "pin_reset": change_of("security"),
    "user_preferences": (Kept(field="user_preferences", type="user_preferences", sender=THANDI),),
    "business_username": change_of("business_username_update"),
    "echo": (
        Kept(
            field="smb_message_echoes",
            type="text",
            external_id="wamid.HBgLMjc4MzEyMzQ1NjcVAgASGBQzE001AA==",
            sender=THANDI,
        ),
    ),
    "history": (Kept(field="history", type="history", sender=Address(wa_id="27831234567")),),
    "history_refused": change_of("history"),
    "state_sync": change_of("smb_app_state_sync"),
    "standby": (
        Kept(
            field="standby",
            type="text",
            external_id="wamid.HBgLMjc4MzEyMzQ1NjcVAgASGBQzS001AA==",
            sender=THANDI,
        ),
    ),
    "handover": change_of("messaging_handovers"),
}
