"""Our messages as the JSON that Graph takes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from channels_app.messages import (
    Address,
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
    SendTemplate,
    SendText,
    SendVoice,
    SentCard,
)

LINK = re.compile(r"https?://\S", re.IGNORECASE)
WISHES: Mapping[str, tuple[str, str]] = {
    "location": ("location_request_message", "send_location"),
    "number": ("contact_request", "request_contact_info"),
}

Json = dict[str, Any]


def payload(recipient: Address, message: Outbound, callback: str) -> Json:
    """The body of `POST /messages`; `callback` comes back in every status of this message.

    A phone number goes before a user id, which has a key of its own: in `to` it is accepted and never delivered.
    https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
    """
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_to(recipient),
        **_content(message),
        **({"biz_opaque_callback_data": callback} if callback else {}),
    }


def _to(recipient: Address) -> dict[str, str]:
    if recipient.wa_id:
        return {"to": f"+{recipient.wa_id.removeprefix('+')}"}
    return {"recipient": recipient.user_id or ""}


def _content(message: Outbound) -> Json:
    match message:
        case SendTemplate():
            return {"type": "template", "template": _template(message)}
        case SendReaction(target=target, emoji=emoji):
            return {"type": "reaction", "reaction": {"message_id": target, "emoji": emoji}}
        case _:
            kind, content = _quotable(message)
            context = {"context": {"message_id": message.quoted}} if message.quoted else {}
            return {"type": kind, kind: content, **context}


def _quotable(
    message: SendText
    | SendVoice
    | SendButtons
    | SendList
    | SendLink
    | SendRequest
    | SendPlace
    | SendContacts
    | SendFile,
) -> tuple[str, Any]:
    """The type of a message that may quote another, and its content."""
    match message:
        case SendText(body=body):
            return "text", {"preview_url": LINK.search(body) is not None, "body": body}
        case SendVoice(media_id=media_id, is_note=is_note):
            return "audio", {"id": media_id, **({"voice": True} if is_note else {})}
        case SendButtons(body=body, options=options):
            buttons = [{"type": "reply", "reply": {"id": each.id, "title": each.title}} for each in options]
            return _interactive("button", body, {"buttons": buttons})
        case SendList(body=body, label=label, options=options):
            section = {"title": label, "rows": list(map(_row, options))}
            return _interactive("list", body, {"button": label, "sections": [section]})
        case SendLink(body=body, title=title, url=url):
            parameters = {"display_text": title, "url": url}
            return _interactive("cta_url", body, {"name": "cta_url", "parameters": parameters})
        case SendRequest(body=body, wish=wish):
            kind, action = WISHES[wish]
            return _interactive(kind, body, {"name": action})
        case SendPlace():
            place = {"latitude": str(message.latitude), "longitude": str(message.longitude)}
            return "location", {**place, **_given(name=message.name, address=message.address)}
        case SendContacts(cards=cards):
            return "contacts", list(map(_card, cards))
        case SendFile():
            more = _given(caption=message.caption, filename=message.filename)
            return message.type, {"id": message.media_id, **more}
        case _:
            assert_never(message)


def _interactive(kind: str, body: str, action: Json) -> tuple[str, Json]:
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages"""
    return "interactive", {"type": kind, "body": {"text": body}, "action": action}


def _row(option: Option) -> Json:
    return {"id": option.id, "title": option.title, **_given(description=option.description)}


def _card(card: SentCard) -> Json:
    """A first name is asked for beside the whole one, and need not be it."""
    return {
        "name": {"formatted_name": card.name, "first_name": card.name},
        **_listed("phones", ({"phone": number, **_given(wa_id=wa_id)} for number, wa_id in card.phones)),
        **_listed("emails", ({"email": each} for each in card.emails)),
        **_listed("urls", ({"url": each} for each in card.urls)),
        **({"org": {"company": card.organisation}} if card.organisation else {}),
    }


def _listed(name: str, items: Iterable[Json]) -> Json:
    found = list(items)
    return {name: found} if found else {}


def _given(**texts: str) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _template(message: SendTemplate) -> Json:
    filled = [
        {"type": "text", **({"parameter_name": name} if name else {}), "text": text}
        for name, text in message.parameters
    ]
    components = {"components": [{"type": "body", "parameters": filled}]} if filled else {}
    return {"name": message.name, "language": {"code": message.language}, **components}
