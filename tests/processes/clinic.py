"""Whom the webhooks of these tests are for, and what Meta writes in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import time
from typing import Any

WABA = "104216845993017"
NUMBER = "118930421775604"
APP_SECRET = "5f0e7c31a49b82d6"
ACCESS_TOKEN = "token-of-the-clinic"
VERIFY_TOKEN = "verify-the-clinic"
PERSON = "27831234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A WhatsApp Business Account as Meta has it."""

    waba: str
    token: str
    app_secret: str
    numbers: Mapping[str, str]
    """Phone number ids, and how each number is written."""
    templates: Sequence[str] = field(default=("new_bot_message",))

    @property
    def secrets(self) -> tuple[str, str]:
        return self.token, self.app_secret


CLINIC = Account(waba=WABA, token=ACCESS_TOKEN, app_secret=APP_SECRET, numbers={NUMBER: "+27 60 055 1234"})


def text(words: str, wamid: str, sender: str = PERSON, at: float | None = None) -> dict[str, Any]:
    """One item of `messages[]`, sent `at` seconds since the epoch, or now."""
    seconds = int(time() if at is None else at)
    return {"from": sender, "id": wamid, "timestamp": str(seconds), "type": "text", "text": {"body": words}}


def document(media_id: str, wamid: str, sender: str = PERSON) -> dict[str, Any]:
    """One item of `messages[]` with a file that is at Meta."""
    file = {"id": media_id, "mime_type": "application/pdf", "filename": "book.pdf"}
    return {"from": sender, "id": wamid, "timestamp": str(int(time())), "type": "document", "document": file}


def status(wamid: str, name: str, *, to: str, callback: str = "", code: int | None = None) -> dict[str, Any]:
    """One item of `statuses[]`."""
    item: dict[str, Any] = {"id": wamid, "status": name, "timestamp": str(int(time())), "recipient_id": to}
    if callback:
        item["biz_opaque_callback_data"] = callback
    if code is not None:
        item["errors"] = [{"code": code, "title": f"Error {code}", "error_data": {"details": "It did not arrive."}}]
    return item


def change(*, messages: Sequence[Any] = (), statuses: Sequence[Any] = (), number: str = NUMBER) -> dict[str, Any]:
    value: dict[str, Any] = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}}
    if messages:
        people = dict.fromkeys(message["from"] for message in messages)
        value["contacts"] = [{"profile": {"name": "Thandi M"}, "wa_id": person} for person in people]
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    return {"field": "messages", "value": value}


def notification(*changes: Any, waba: str = WABA) -> dict[str, Any]:
    return {"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": list(changes)}]}
