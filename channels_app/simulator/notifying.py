"""Notifications as Meta writes them, put on their way beside what they tell of.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.text import slugify

from channels_app import clock
from channels_app.simulator import again, faults, posting
from channels_app.simulator.models import (
    Fault,
    SimulatedChat,
    SimulatedMessage,
    SimulatedNumber,
    SimulatedPerson,
    SimulatedTemplate,
)
from channels_app.simulator.posting import as_meta_writes

__all__ = [
    "as_meta_writes",
    "tell_of_failure",
    "tell_of_message",
    "tell_of_playing",
    "tell_of_reading",
    "tell_of_statuses",
    "tell_of_template",
]

DELIVERED_AFTER = timedelta(milliseconds=250)
READ_AFTER = timedelta(milliseconds=600)
REACTION = "reaction"
WINDOW_CLOSED = 131047
TOO_LATE = (
    "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
)
REASONS: Mapping[str, Mapping[str, Any]] = {
    "REJECTED": {
        "reason": "INVALID_FORMAT",
        "rejection_info": {
            "reason": "The variable stands alone, and nothing says what it is for.",
            "recommendation": "Say in the body what kind of message this is.",
        },
    },
    "PAUSED": {
        "other_info": {
            "title": "FIRST_PAUSE",
            "description": "The template is paused for three hours because of low quality.",
        }
    },
    "DISABLED": {
        "other_info": {
            "title": "DISABLED",
            "description": "The template is disabled because of repeated low quality.",
        }
    },
}

Json = Mapping[str, Any]


def tell_of_message(message: SimulatedMessage, written_at: datetime) -> None:
    """Tell our webhook what a person wrote at `written_at`."""
    chat = message.chat
    item = {
        **({} if chat.person.hidden_number else {"from": chat.person.digits}),
        "from_user_id": chat.person.user_id,
        "id": message.wamid,
        "timestamp": _seconds(written_at),
        "type": message.type,
        **message.content,
    }
    _post(chat, {"contacts": [_contact(chat.person)], "messages": [item]}, clock.now(), message)


def tell_of_statuses(message: SimulatedMessage) -> None:
    """Tell our webhook that a message of the number's was sent and delivered; of a reaction, that it was sent.

    Whoever reads at once has read it a moment later. Where that is the fault that is on, a message that needs an open
    window has failed instead.
    """
    body = {again.CALLBACK: message.callback}
    if not message.template and faults.take(message.number, Fault.WINDOW_REPORTED, body):
        tell_of_failure(message, WINDOW_CLOSED, "Re-engagement message", TOO_LATE)
        return
    _tell_of_status(message, "sent", message.created_at, {"pricing": _pricing(message)})
    if message.type == REACTION:
        return
    message.delivered_at = message.created_at + DELIVERED_AFTER
    message.save(update_fields=["delivered_at"])
    _tell_of_status(message, "delivered", message.delivered_at, {"pricing": _pricing(message)})
    if message.chat.reads_at_once:
        tell_of_reading(message, message.created_at + READ_AFTER)


def tell_of_reading(message: SimulatedMessage, at: datetime) -> None:
    """Tell our webhook that the person has read a message that was delivered."""
    message.read_at = at
    message.save(update_fields=["read_at"])
    _tell_of_status(message, "read", at)


def tell_of_playing(message: SimulatedMessage, at: datetime) -> None:
    """Tell our webhook that the person has listened to a voice note for the first time."""
    message.played_at = at
    message.save(update_fields=["played_at"])
    _tell_of_status(message, "played", at)


def tell_of_failure(message: SimulatedMessage, code: int, title: str, details: str) -> None:
    """Tell our webhook that Meta could not bring what it has taken a moment ago."""
    at = message.created_at + DELIVERED_AFTER
    message.failure, message.delivered_at, message.read_at = code, None, None
    message.save(update_fields=["failure", "delivered_at", "read_at"])
    error = {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": "/documentation/business-messaging/whatsapp/support/error-codes",
    }
    item = _status(message, "failed", at)
    if not message.chat.person.hidden_number:
        del item["recipient_user_id"]
    _post(message.chat, {"statuses": [item | {"errors": [error]}]}, at)


def tell_of_template(template: SimulatedTemplate) -> None:
    """Tell our webhook in which state a template of the account is now.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update
    """
    value = {
        "event": template.status,
        "message_template_id": int(template.template_id.rpartition("-")[2]),
        "message_template_name": template.name,
        "message_template_language": template.language.replace("_", "-"),
        "reason": "NONE",
        "message_template_category": template.category,
        **REASONS.get(template.status, {}),
    }
    change = {"value": value, "field": "message_template_status_update"}
    posting.post_of_account(template.account, change, clock.now())


def _tell_of_status(message: SimulatedMessage, status: str, at: datetime, more: Json | None = None) -> None:
    contact = _contact(message.chat.person, named=status != "sent")
    item = _status(message, status, at) | dict(more or {})
    _post(message.chat, {"contacts": [contact], "statuses": [item]}, at)


def _contact(person: SimulatedPerson, *, named: bool = True) -> Json:
    """Who they are to the business: by their number, or where they hide that by a username, if it is `named`."""
    if not person.hidden_number:
        return {"profile": {"name": person.name}, "wa_id": person.digits, "user_id": person.user_id}
    username = {"username": f"@{username_of(person)}"} if named else {}
    return {"profile": {"name": person.name, **username}, "user_id": person.user_id}


def username_of(person: SimulatedPerson) -> str:
    return f"{slugify(person.name) or 'somebody'}.{person.digits[-3:]}"


def _status(message: SimulatedMessage, status: str, at: datetime) -> dict[str, Any]:
    person = message.chat.person
    return {
        "id": message.wamid,
        "status": status,
        "timestamp": _seconds(at),
        **({} if person.hidden_number else {"recipient_id": person.digits}),
        "recipient_user_id": person.user_id,
        **({"biz_opaque_callback_data": message.callback} if message.callback else {}),
    }


def _pricing(message: SimulatedMessage) -> Json:
    if not message.template:
        return {"billable": False, "pricing_model": "PMP", "type": "free_customer_service", "category": "service"}
    named = SimulatedTemplate.objects.filter(account=message.number.account_id, name=message.template)
    category = named.values_list("category", flat=True).first() or "UTILITY"
    return {"billable": True, "pricing_model": "PMP", "type": "regular", "category": category.lower()}


def _post(chat: SimulatedChat, items: Json, due_at: datetime, message: SimulatedMessage | None = None) -> None:
    value = {"messaging_product": "whatsapp", "metadata": _metadata(chat.number), **items}
    posting.post(chat, {"value": value, "field": "messages"}, due_at, message)


def _metadata(number: SimulatedNumber) -> Json:
    return {"display_phone_number": number.digits, "phone_number_id": number.phone_number_id}


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))
