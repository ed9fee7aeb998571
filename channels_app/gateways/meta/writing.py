"""Our messages as the JSON that Graph takes."""

import re
from typing import Any, assert_never

from channels_app.messages import Address, Outbound, SendTemplate, SendText, SendVoice

LINK = re.compile(r"https?://\S", re.IGNORECASE)


def payload(recipient: Address, message: Outbound, callback: str) -> dict[str, Any]:
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


def _content(message: Outbound) -> dict[str, Any]:
    match message:
        case SendText(body=body, quoted=quoted):
            text = {"preview_url": LINK.search(body) is not None, "body": body}
            return {"type": "text", "text": text, **_quoting(quoted)}
        case SendVoice(media_id=media_id, quoted=quoted):
            return {"type": "audio", "audio": {"id": media_id, "voice": True}, **_quoting(quoted)}
        case SendTemplate():
            return {"type": "template", "template": _template(message)}
        case _:
            assert_never(message)


def _quoting(quoted: str | None) -> dict[str, Any]:
    return {"context": {"message_id": quoted}} if quoted else {}


def _template(message: SendTemplate) -> dict[str, Any]:
    named = [{"type": "text", "parameter_name": name, "text": text} for name, text in message.parameters]
    components = {"components": [{"type": "body", "parameters": named}]} if named else {}
    return {"name": message.name, "language": {"code": message.language}, **components}
