"""What we ask of a carrier, whichever it is: the seam between the product and Meta."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Literal, Protocol

from channels_app.messages import Address, InboundMessage, News, Outbound, StatusUpdate

NOBODY = Address()

EnvelopeKind = Literal["message", "status", "error", "other"]

RemedyKind = Literal["", "template", "webhooks", "registration"]
"""What we can do ourselves about a line of a check-up: make the template, have webhooks come, register a number."""


class MalformedNotification(Exception):
    """The body of a webhook is not what the carrier sends, in any of its versions."""


class UnreadableItem(Exception):
    """One item of a notification cannot be read: the reason, in words, for those who look at it later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One item of a notification: addressed and identified, and not yet read.

    `key` identifies it for good (with the number or account it was sent to); `raw` are its bytes as they came,
    `contact` those of the contact that belongs to it. `sender` is the person at the other end, of a status or an echo
    too: whom it speaks of. `reason` says why it is no item of its kind, where it is none.
    """

    kind: EnvelopeKind
    key: bytes
    field: str
    type: str
    raw: bytes
    external_id: str = ""
    sender: Address = NOBODY
    group: bool = False
    contact: bytes | None = None
    sent_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The envelopes that were sent to one number, or, where `phone_number_id` is None, to one of `accounts`."""

    phone_number_id: str | None
    accounts: tuple[str, ...]
    envelopes: tuple[Envelope, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One of our numbers, and what it takes to speak for it."""

    provider_id: str
    phone_number_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The carrier's word that it took a message: accepted, nothing more."""

    external_id: str
    recipient: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNumber:
    """A number of a provider's account, as the carrier lists it."""

    id: str
    display: str
    name: str
    quality: str
    status: str
    throughput: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedTemplate:
    """A template that may be sent. `body` is its fixed text with the variables in braces."""

    name: str
    language: str
    status: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of a provider's check-up: what was asked, what came back, and what to do.

    `remedy` is what we can do about it if asked to, `about` the phone number id that is to be registered.
    `wording` is the body of the template that our words go into, where it was seen.
    """

    name: str
    status: Literal["ok", "warning", "error"]
    detail: str
    fix: str = ""
    remedy: RemedyKind = ""
    about: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What the carrier says of a file that it handed out. `sha256` is hex, "" where it does not say it."""

    mime_type: str
    sha256: str = ""


class Gateway(Protocol):
    """A carrier, speaking for one provider. Every method that calls the carrier raises GatewayError alone."""

    def send(self, phone_number_id: str, recipient: Address, message: Outbound, callback: str) -> Sent: ...

    def mark_read(self, phone_number_id: str, external_id: str, *, typing: bool) -> None: ...

    def download(self, phone_number_id: str, media_id: str, into: BinaryIO, largest: int) -> Fetched: ...

    def upload(self, phone_number_id: str, file: BinaryIO, size: int, mime_type: str, filename: str) -> str: ...

    def own_numbers(self) -> list[OwnNumber]: ...

    def templates(self, name: str) -> list[ApprovedTemplate]: ...

    def check(self, webhook_url: str) -> list[Check]: ...

    def make_template(self, body: str) -> None: ...

    def call_back(self, webhook_url: str, verify_token: str) -> None: ...

    def register(self, phone_number_id: str, pin: str) -> None: ...

    def block(self, phone_number_id: str, person: Address) -> None: ...

    def unblock(self, phone_number_id: str, person: Address) -> None: ...

    def probe(self) -> None: ...

    def portfolio(self) -> str | None: ...


class NotificationReader(Protocol):
    """A carrier's webhook, read without belonging to any provider yet."""

    def open_notification(self, body: bytes) -> Sequence[Change]: ...

    def is_authentic(self, body: bytes, signature: str, secrets: Iterable[str]) -> bool: ...

    def read_message(self, raw: bytes, contact: bytes | None) -> InboundMessage: ...

    def read_status(self, raw: bytes) -> StatusUpdate: ...

    def read_news(self, field: str, raw: bytes) -> News: ...
