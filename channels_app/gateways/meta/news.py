"""What Meta tells beside messages and statuses, read: each field's value becomes one of our news.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from channels_app import clock
from channels_app.errors import Problem
from channels_app.gateways.base import UnreadableItem
from channels_app.gateways.meta import people, pieces, verdicts
from channels_app.gateways.meta.reading import read_message, read_status
from channels_app.graph import wire
from channels_app.graph.errors import Refused
from channels_app.messages import (
    AccountAlert,
    AccountEvent,
    AccountReview,
    AddressBook,
    Capability,
    Control,
    Echo,
    InboundMessage,
    News,
    NumberError,
    NumberName,
    NumberQuality,
    OtherNews,
    PastRefused,
    PastThread,
    PinEvent,
    Preference,
    Standby,
    TemplateCategory,
    TemplateEdited,
    TemplateQuality,
    TemplateVerdict,
    Username,
)

Value = Mapping[str, Any]


def read_news(field: str, raw: bytes) -> News:
    """What an item, or a whole value, that came under `field` says. Raises `UnreadableItem` for what is no object.

    A field that we do not know becomes `OtherNews`.
    """
    try:
        value = pieces.value(raw)
    except pieces.Odd as exc:
        raise UnreadableItem(str(exc)) from exc
    if not isinstance(value, dict):
        raise UnreadableItem("It is no object")
    read = READERS.get(field)
    return read(value) if read else OtherNews(field=field)


def _verdict(value: Value) -> TemplateVerdict:
    told = wire.mapping(value.get("rejection_info")) or wire.mapping(value.get("other_info"))
    reason = wire.text(value.get("reason"))
    why = " ".join(filter(None, map(wire.text, told.values()))) or ("" if reason == "NONE" else reason)
    return TemplateVerdict(
        **_template(value),
        event=wire.text(value.get("event")),
        category=wire.text(value.get("message_template_category")),
        why=why,
    )


def _quality(value: Value) -> TemplateQuality:
    before, now = (wire.text(value.get(f"{name}_quality_score")) for name in ("previous", "new"))
    return TemplateQuality(**_template(value), before=before, now=now)


def _category(value: Value) -> TemplateCategory:
    """`new_category` is the present one, also where another one is announced."""
    return TemplateCategory(
        **_template(value),
        now=wire.text(value.get("new_category")),
        before=wire.text(value.get("previous_category")),
        coming=wire.text(value.get("correct_category")),
        coming_at=wire.moment(value.get("category_update_timestamp")),
    )


def _edited(value: Value) -> TemplateEdited:
    return TemplateEdited(**_template(value), body=wire.text(value.get("message_template_element")))


def _template(value: Value) -> dict[str, str]:
    """Meta writes a language as en-US in some places and en_US in others."""
    return {
        "name": wire.text(value.get("message_template_name")),
        "language": wire.text(value.get("message_template_language")).replace("-", "_"),
    }


def _number_quality(value: Value) -> NumberQuality:
    limits = ("max_daily_conversations_per_business", "current_limit")
    return NumberQuality(number=_number(value), event=wire.text(value.get("event")), limit=_first(value, *limits))


def _number_name(value: Value) -> NumberName:
    return NumberName(
        number=_number(value),
        decision=wire.text(value.get("decision")),
        name=wire.text(value.get("requested_verified_name")),
        why=wire.text(value.get("rejection_reason")),
    )


def _pin(value: Value) -> PinEvent:
    return PinEvent(
        number=_number(value), event=wire.text(value.get("event")), requester=wire.text(value.get("requester"))
    )


def _username(value: Value) -> Username:
    return Username(number=_number(value), status=wire.text(value.get("status")), name=wire.text(value.get("username")))


def _account(value: Value) -> AccountEvent:
    details = {name: told for name, told in value.items() if name != "event"}
    return AccountEvent(event=wire.text(value.get("event")), details=details)


def _alert(value: Value) -> AccountAlert:
    told = wire.mapping(value.get("alert_info"))
    kind, severity, text = (wire.text(told.get(f"alert_{name}")) for name in ("type", "severity", "description"))
    return AccountAlert(kind=kind, severity=severity, text=text)


def _review(value: Value) -> AccountReview:
    return AccountReview(decision=wire.text(value.get("decision")))


def _capability(value: Value) -> Capability:
    numbers = _first(value, "max_phone_numbers_per_business", "max_phone_numbers_per_waba")
    limit = _first(value, "max_daily_conversations_per_business", "max_daily_conversation_per_phone")
    return Capability(limit=limit, numbers=wire.number(numbers))


def _preference(value: Value) -> Preference:
    said = wire.text(value.get("value"))
    return Preference(
        person=people.address(*(value.get(name) for name in ("wa_id", "user_id", "parent_user_id"))),
        category=wire.text(value.get("category")),
        wanted={"stop": False, "resume": True}.get(said),
        at=_time(value),
    )


def _echo(value: Value) -> Echo:
    to = people.address(*(value.get(name) for name in ("to", "to_user_id", "to_parent_user_id")))
    return Echo(to=to, said=_message(value))


def _standby(value: Value) -> Standby | Echo:
    if "status" in value:
        return Standby(said=read_status(_raw(value)))
    return _echo(value) if "to" in value or "to_user_id" in value else Standby(said=_message(value))


def _control(value: Value) -> Control:
    event, sender = wire.text(value.get("type")), wire.mapping(value.get("sender"))
    told = wire.mapping(value.get(event))
    return Control(
        person=people.address(*(sender.get(name) for name in ("phone_number", "wa_id", "user_id"))),
        event=event,
        before=_first(told, "previous_owner_role", "previous_owner_app_role"),
        now=_first(told, "new_owner_role", "new_owner_app_role"),
    )


def _past(value: Value) -> PastThread | PastRefused:
    if "code" in value:
        return PastRefused(problem=_problem(value))
    return PastThread(person=people.address(value.get("id")), said=tuple(_readable(value.get("messages"))))


def _readable(listed: object) -> Iterator[InboundMessage]:
    for item in wire.mappings(listed):
        try:
            yield _message(item)
        except UnreadableItem:
            continue


def _address_book(value: Value) -> AddressBook:
    found = wire.mapping(value.get("contact"))
    return AddressBook(
        action=wire.text(value.get("action")),
        person=people.address(*(found.get(name) for name in ("phone_number", "user_id"))),
        name=_first(found, "full_name", "first_name"),
    )


def _number_error(value: Value) -> News:
    return NumberError(problem=_problem(value)) if "code" in value else OtherNews(field="messages")


def _problem(value: Value) -> Problem:
    return verdicts.verdict(Refused.from_webhook(value)).problem


def _message(value: Value) -> InboundMessage:
    return read_message(_raw(value), None)


def _raw(value: Value) -> bytes:
    return msgspec.json.encode(value)


def _number(value: Value) -> str:
    return wire.text(value.get("display_phone_number"))


def _first(value: Value, *names: str) -> str:
    return next((found for name in names if (found := wire.text(value.get(name)))), "")


def _time(value: Value) -> Any:
    return clock.from_meta(pieces.word(value.get("timestamp")))


READERS: Mapping[str, Callable[[Value], News]] = {
    "message_template_status_update": _verdict,
    "message_template_quality_update": _quality,
    "template_category_update": _category,
    "message_template_components_update": _edited,
    "phone_number_quality_update": _number_quality,
    "phone_number_name_update": _number_name,
    "security": _pin,
    "business_username_update": _username,
    "account_update": _account,
    "account_alerts": _alert,
    "account_review_update": _review,
    "business_capability_update": _capability,
    "user_preferences": _preference,
    "smb_message_echoes": _echo,
    "standby": _standby,
    "messaging_handovers": _control,
    "history": _past,
    "smb_app_state_sync": _address_book,
    "messages": _number_error,
}
