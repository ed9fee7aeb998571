"""What comes in, as plain values: the messages that people write, and the news of those that we sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from channels_app.errors import Problem
from channels_app.messages.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whence a message came: the carrier's id for it, who wrote it, when, and what it quotes."""

    external_id: str
    sender: Address
    sent_at: datetime
    name: str = ""
    username: str = ""
    quoted: str | None = None
    forwarded: bool = False
    group_id: str | None = None
    referral: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    origin: Origin
    body: str
    product: Mapping[str, Any] | None = None


MediaType = Literal["image", "video", "audio", "voice", "document", "sticker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file at the carrier: to be fetched by its id, which lives 7 days. `sha256` is hex."""

    origin: Origin
    type: MediaType
    media_id: str
    mime_type: str
    sha256: str = ""
    filename: str = ""
    caption: str = ""
    animated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    origin: Origin
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One contact out of somebody's address book."""

    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    organisation: str = ""
    wa_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Shared contacts. `requested` says that they answer our request for the person's own number."""

    origin: Origin
    cards: tuple[Card, ...]
    requested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A tap: on a reply button, on a row of a list, or, `of_template`, on a template's quick reply."""

    origin: Origin
    id: str
    title: str
    description: str = ""
    of_template: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowAnswer:
    origin: Origin
    name: str
    body: str
    response: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedItem:
    product: str
    quantity: float
    price: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    origin: Origin
    catalog_id: str
    text: str
    items: tuple[OrderedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPermission:
    origin: Origin
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A reaction to the message `target`; an empty `emoji` takes it back."""

    origin: Origin
    target: str
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What the person made of their earlier message `target`."""

    origin: Origin
    target: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """The person deleted their earlier message `target`."""

    origin: Origin
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemNote:
    """WhatsApp itself says something of the person: a new number, a new user id, a new identity key."""

    origin: Origin
    kind: str
    body: str
    now: Address = field(default_factory=Address)
    before: Address = field(default_factory=Address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """A message that Meta does not hand out: `code` is 131051 (of a kind unknown to it) or 131060 (not available)."""

    origin: Origin
    kind: str
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A type that we do not know yet: kept, shown, and answered politely."""

    origin: Origin
    type: str


InboundMessage = (
    Text
    | Media
    | Location
    | Contacts
    | Choice
    | FlowAnswer
    | Order
    | CallPermission
    | Reaction
    | Edit
    | Revocation
    | SystemNote
    | Unsupported
    | Unreadable
)


StatusName = Literal["sent", "delivered", "read", "played", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdate:
    """What Meta says became of a message of ours. `callback` is what we sent along with it.

    Of a failure: `window_shut` says that the window was closed, `access_lost` that the account has to be mended (the
    one number of it, where `number_only`), `template_refused` that the template is what is wrong, `form_refused` that
    what we sent is, `try_later` that the same may go a little later.
    """

    external_id: str
    status: str
    at: datetime
    callback: str = ""
    problem: Problem | None = None
    window_shut: bool = False
    access_lost: bool = False
    number_only: bool = False
    template_refused: bool = False
    form_refused: bool = False
    try_later: bool = False
    recipient: Address = field(default_factory=Address)
    pricing: Mapping[str, Any] | None = None
