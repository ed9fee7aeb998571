"""What Meta posts: bodies as it writes them, signed, laid out as the bytes that go over the wire."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import time
from typing import Any

APP_SECRET = "5f0e7c31a49b82d65f0e7c31a49b82d6"
WEBHOOK = "/api/channels/meta/"
ACCESS_TOKEN = "token-of-the-bench"
WORDS = "hello order delivery when please thanks price of my is it to you can address tomorrow invoice size blue"
REPORTED = ("sent", "delivered", "read")


def phone_number_id(number: int) -> str:
    return str(555_000_000_000_000 + number)


def waba_id(account: int) -> str:
    return str(555_900_000_000_000 + account)


def sent_wamid(message: int) -> str:
    """The wamid under which Graph accepted a stored message of ours."""
    return f"wamid.out.{message:012d}"


def callback(message: int) -> str:
    """What went along with a stored message of ours: its id, and that of its attempt."""
    return f"{_uuid('01900000', message)}.{_uuid('01900001', message)}"


def _uuid(beginning: str, number: int) -> str:
    return f"{beginning}00007000{0x8000 << 48 | number:016x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Which items to write: `posts` bodies of `per_post` each, from item `first` on.

    They go round `numbers` phone numbers, of which `per_account` belong to one account, and of each number round
    `people`. Item by item of `kind`: a text; a status of a message that is stored; or texts, a "tenth" of them voice.
    """

    kind: str
    posts: int
    per_post: int = 1
    first: int = 0
    numbers: int = 10
    first_number: int = 0
    per_account: int = 1
    people: int = 100
    path: str = WEBHOOK
    host: str = "127.0.0.1"

    def requests(self) -> Iterator[bytes]:
        items = iter(range(self.first, self.first + self.posts * self.per_post))
        while chosen := list(islice(items, self.per_post)):
            yield self._wire(self._body(chosen))

    def _body(self, items: Sequence[int]) -> bytes:
        by_account: dict[int, list[dict[str, Any]]] = {}
        for item in items:
            number = self._number(item)
            by_account.setdefault(number // self.per_account, []).append(self._change(item, number))
        entries = [{"id": waba_id(account), "changes": changes} for account, changes in by_account.items()]
        body = {"object": "whatsapp_business_account", "entry": entries}
        return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()

    def _number(self, item: int) -> int:
        place = _reported(item)[0] if self.kind == "status" else item
        return self.first_number + place % self.numbers

    def _change(self, item: int, number: int) -> dict[str, Any]:
        person = number * self.people + item // self.numbers % self.people
        wa_id, user_id = f"1555{person:08d}", f"US.{10**19 + person}"
        value: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": f"1555{number:07d}", "phone_number_id": phone_number_id(number)},
            "contacts": [{"profile": {"name": "Sheena Nelson"}, "wa_id": wa_id, "user_id": user_id}],
        }
        if self.kind == "status":
            value["statuses"] = [_status(item, wa_id, user_id)]
        else:
            is_voice = self.kind == "tenth" and (item + item // 10) % 10 == 9
            value["messages"] = [(_voice if is_voice else _text)(item, wa_id, user_id)]
        return {"value": value, "field": "messages"}

    def _wire(self, body: bytes) -> bytes:
        signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        former = hmac.new(APP_SECRET.encode(), body, hashlib.sha1).hexdigest()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}\r\nAccept: */*\r\nUser-Agent: facebookexternalua\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"X-Hub-Signature: sha1={former}\r\nX-Hub-Signature-256: sha256={signature}\r\n\r\n"
        )
        return head.encode() + body


def _text(item: int, wa_id: str, user_id: str) -> dict[str, Any]:
    """A text whose first word is its item, so that who gets to see it can be told."""
    length = 20 + item * 37 % len(WORDS)
    raw = f"\x1d\x18\x0b{wa_id}\x15\x02\x00\x12\x18\x14{item:016X}{int(time()):08X}"
    return {
        "from": wa_id,
        "from_user_id": user_id,
        "id": "wamid." + base64.b64encode(raw.encode()).decode(),
        "timestamp": str(int(time())),
        "text": {"body": f"{item} {WORDS[:length].strip()}"},
        "type": "text",
    }


def _voice(item: int, wa_id: str, user_id: str) -> dict[str, Any]:
    """A voice note, which Graph has."""
    sound = {"mime_type": "audio/ogg; codecs=opus", "id": str(555_700_000_000_000 + item), "voice": True}
    rest = {name: value for name, value in _text(item, wa_id, user_id).items() if name != "text"}
    return {**rest, "type": "audio", "audio": sound}


def _reported(item: int) -> tuple[int, str]:
    """Of which stored message a status speaks, and what it says: in stretches of 100 messages, one state at a time."""
    block, place = divmod(item, 300)
    return block * 100 + place % 100, REPORTED[place // 100]


def _status(item: int, wa_id: str, user_id: str) -> dict[str, Any]:
    message, name = _reported(item)
    status: dict[str, Any] = {
        "id": sent_wamid(message),
        "status": name,
        "timestamp": str(int(time())),
        "recipient_id": wa_id,
        "recipient_user_id": user_id,
        "biz_opaque_callback_data": callback(message),
    }
    if name != "read":
        status["conversation"] = {"id": hashlib.sha256(wa_id.encode()).hexdigest()[:32], "origin": {"type": "service"}}
        status["pricing"] = {
            "billable": False,
            "pricing_model": "PMP",
            "category": "service",
            "type": "free_customer_service",
        }
    return status
