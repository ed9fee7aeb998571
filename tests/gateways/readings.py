"""What each recording in tests/data/meta/ must become: messages, statuses and news; and, `KEPT`, how news lie here."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels_app.errors import Problem
from channels_app.gateways.base import EnvelopeKind
from channels_app.graph.meanings import explain
from channels_app.messages import (
    AccountAlert,
    AccountEvent,
    AccountReview,
    Address,
    AddressBook,
    CallPermission,
    Capability,
    Card,
    Choice,
    Contacts,
    Control,
    Echo,
    Edit,
    FlowAnswer,
    InboundMessage,
    Location,
    Media,
    MediaType,
    News,
    NumberError,
    NumberName,
    NumberQuality,
    Order,
    OrderedItem,
    Origin,
    PastRefused,
    PastThread,
    PinEvent,
    Preference,
    Reaction,
    Revocation,
    Standby,
    StatusUpdate,
    SystemNote,
    TemplateCategory,
    TemplateEdited,
    TemplateQuality,
    TemplateVerdict,
    Text,
    Unreadable,
    Unsupported,
    Username,
)

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
THANDI = Address(wa_id="27831234567", user_id="ZA.48213907715526")
NOBODY = Address()
OWN = Address(wa_id="27600551234")
SIPHO = Address(wa_id="27825550100", user_id="ZA.55120098311274")
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PRICE = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The envelope of news: no turn of anyone."""

    field: str
    type: str = ""
    kind: EnvelopeKind = "other"
    external_id: str = ""
    sender: Address = NOBODY


Reading = InboundMessage | StatusUpdate | News


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


def change_of(field: str) -> tuple[Kept, ...]:
    return (Kept(field=field, type=field),)


def template(news: Any, **others: Any) -> Any:
    return news(name="new_bot_message", language="en", **others)


def of_staff(number: str, body: str) -> Text:
    return Text(
        origin=origin("001", external_id=f"wamid.HBgLMjc4MzEyMzQ1NjcVAgASGBQz{number}AA==", sender=OWN, name=""),
        body=body,
    )


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
        template(TemplateVerdict, event="APPROVED"),
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
        NumberError(problem=problem(131000, "Unsupported webhook payload")),
    ),
    "number_error": (
        NumberError(
            problem=problem(
                130429,
                "Message failed to send because there were too many messages sent from this phone number in a short "
                "period of time",
            )
        ),
    ),
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
    "template_approved": (template(TemplateVerdict, event="APPROVED", category="UTILITY"),),
    "template_rejected": (
        template(
            TemplateVerdict,
            event="REJECTED",
            category="UTILITY",
            why="Two variables stand side by side without text between them. Put words between the variables.",
        ),
    ),
    "template_paused": (
        template(
            TemplateVerdict,
            event="PAUSED",
            category="UTILITY",
            why="FIRST_PAUSE The template is paused for three hours because of low quality.",
        ),
    ),
    "template_disabled": (
        template(
            TemplateVerdict,
            event="DISABLED",
            category="UTILITY",
            why="DISABLED The template is disabled because of repeated low quality.",
        ),
    ),
    "template_quality": (template(TemplateQuality, before="GREEN", now="YELLOW"),),
    "template_category_announced": (
        template(TemplateCategory, now="UTILITY", coming="MARKETING", coming_at=datetime(2026, 11, 21, 10, tzinfo=UTC)),
    ),
    "template_category_changed": (template(TemplateCategory, before="UTILITY", now="MARKETING"),),
    "template_edited": (template(TemplateEdited, body="You have a message: {{bot_message}} Reply to continue."),),
    "number_quality": (NumberQuality(number="27600551234", event="THROUGHPUT_UPGRADE", limit="TIER_UNLIMITED"),),
    "number_name": (
        NumberName(number="27600551234", decision="REJECTED", name="Clinic line", why="NAME_NOT_CONSISTENT"),
    ),
    "account_restricted": (
        AccountEvent(
            event="ACCOUNT_RESTRICTION",
            details={
                "restriction_info": [
                    {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1795773600},
                    {"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION", "expiration": 1795773600},
                ]
            },
        ),
    ),
    "account_restricted_templates": (
        AccountEvent(
            event="ACCOUNT_RESTRICTION",
            details={
                "violation_info": {"violation_type": "UTILITY_TEMPLATE_ABUSE"},
                "restriction_info": [{"restriction_type": "RESTRICTED_UTILITY_TEMPLATES", "expiration": "1795773600"}],
            },
        ),
    ),
    "account_violation": (
        AccountEvent(event="ACCOUNT_VIOLATION", details={"violation_info": {"violation_type": "SPAM"}}),
    ),
    "account_disabled": (
        AccountEvent(
            event="DISABLED_UPDATE",
            details={"ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE", "waba_ban_date": "November 27, 2026"}},
        ),
    ),
    "account_deleted": (AccountEvent(event="ACCOUNT_DELETED"),),
    "account_partner_removed": (
        AccountEvent(
            event="PARTNER_REMOVED",
            details={
                "waba_info": {"waba_id": "104216845993017", "owner_business_id": "506914301122334"},
                "disconnection_info": {"reason": "PRIMARY_INACTIVITY", "initiated_by": "SYSTEM"},
            },
        ),
    ),
    "account_country": (AccountEvent(event="BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE", details={"country": "ZA"}),),
    "account_alert": (
        AccountAlert(
            kind="INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
            severity="WARNING",
            text="Limits cannot be increased at this time.",
        ),
    ),
    "account_review": (AccountReview(decision="APPROVED"),),
    "capability": (Capability(limit="TIER_2K", numbers=20),),
    "pin_reset": (PinEvent(number="27600551234", event="PIN_RESET_REQUEST", requester="61555800112233"),),
    "user_preferences": (Preference(person=THANDI, category="marketing_messages", wanted=False, at=AT),),
    "business_username": (Username(number="27600551234", status="approved", name="cape.clinic"),),
    "echo": (Echo(to=THANDI, said=of_staff("E001", "Our staff here: yes, we do.")),),
    "history": (
        PastThread(
            person=Address(wa_id="27831234567"),
            said=(
                Text(
                    origin=Origin(
                        external_id="wamid.HBgLMjc4MzEyMzQ1NjcVAgASGBQzH001AA==",
                        sender=Address(wa_id="27831234567"),
                        sent_at=datetime(2026, 11, 17, 7, 20, tzinfo=UTC),
                    ),
                    body="Hello",
                ),
                Unreadable(
                    origin=Origin(
                        external_id="wamid.HBgLMjc4MzEyMzQ1NjcVAgASGBQzH002AA==",
                        sender=OWN,
                        sent_at=datetime(2026, 11, 17, 7, 21, tzinfo=UTC),
                    ),
                    type="media_placeholder",
                ),
            ),
        ),
    ),
    "history_refused": (PastRefused(problem=problem(2593109, "History sharing is turned off by the business")),),
    "state_sync": (AddressBook(action="add", person=Address(wa_id="27825550100"), name="Sipho Dube"),),
    "standby": (
        Standby(
            said=Text(
                origin=origin("001", external_id="wamid.HBgLMjc4MzEyMzQ1NjcVAgASGBQzS001AA==", name=""), body="Hi"
            )
        ),
    ),
    "handover": (
        Control(person=Address(wa_id="27831234567"), event="control_passed", before="ai_agent", now="escalation"),
    ),
}

KEPT: dict[str, tuple[Kept, ...]] = {
    "batch": change_of("message_template_status_update"),
    "interactive_missing": (Kept(kind="error", field="messages", type="messages"),),
    "number_error": (Kept(kind="error", field="messages", type="messages"),),
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
