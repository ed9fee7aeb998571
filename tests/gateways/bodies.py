"""Notifications that nobody recorded: built for one test, of as little as it needs."""

import json
from typing import Any

NUMBER = "118930421775604"
ACCOUNT = "104216845993017"


def body(*values: Any, field: Any = "messages", **entry: Any) -> bytes:
    """A notification of one entry with a change for each of `values`."""
    changes = [{"field": field, "value": value} for value in values]
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": changes, **entry}]}
    ).encode()


def value(**members: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}, **members}


def message(**members: Any) -> dict[str, Any]:
    """A text from Thandi; a member given as None is left out."""
    everything = {
        "from": "27831234567",
        "id": "wamid.IN",
        "timestamp": "1795168800",
        "type": "text",
        "text": {"body": "Hi"},
        **members,
    }
    return {name: member for name, member in everything.items() if member is not None}


def status(**members: Any) -> dict[str, Any]:
    everything = {
        "id": "wamid.OUT",
        "status": "delivered",
        "timestamp": "1795168800",
        "recipient_id": "27831234567",
        **members,
    }
    return {name: member for name, member in everything.items() if member is not None}
