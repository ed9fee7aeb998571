"""What a person shares: a place, or somebody out of their address book."""

from channels_app.gateways.meta import numbers
from channels_app.simulator.models import SimulatedChat, SimulatedMessage
from channels_app.simulator.phone.telling import Json, tell


def place(
    chat: SimulatedChat,
    latitude: float,
    longitude: float,
    *,
    name: str = "",
    address: str = "",
    quoted: SimulatedMessage | None = None,
) -> None:
    """A pin on the map; one without a name is where the person is."""
    pin: Json = {"latitude": latitude, "longitude": longitude}
    more = {key: value for key, value in (("name", name), ("address", address)) if value}
    tell(chat, "location", {**pin, **more}, quoted=quoted)


def card(chat: SimulatedChat, name: str, digits: str, quoted: SimulatedMessage | None = None) -> None:
    """A contact of this name and phone number, who is on this WhatsApp as all people are."""
    first, _, last = name.partition(" ")
    parts = {"formatted_name": name, "first_name": first} | ({"last_name": last} if last else {})
    shown = numbers.display(digits)
    contact = {
        "name": parts,
        "phones": [{"phone": shown, "wa_id": digits, "type": "CELL"}],
        "vcard": _vcard(name, shown, digits),
        "origin": "other",
    }
    tell(chat, "contacts", [contact], quoted=quoted)


def _vcard(name: str, shown: str, digits: str) -> str:
    """https://www.rfc-editor.org/rfc/rfc2426"""
    escaped = name.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")
    lines = ("BEGIN:VCARD", "VERSION:3.0", f"FN:{escaped}", f"TEL;type=CELL;waid={digits}:{shown}", "END:VCARD")
    return "\n".join(lines)
