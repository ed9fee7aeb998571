"""News, as plain values: what the carrier says of templates, numbers, accounts and people, beside their messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from channels_app.errors import Problem
from channels_app.messages.address import Address
from channels_app.messages.incoming import InboundMessage, StatusUpdate


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateVerdict:
    """What became of a template: `event` is Meta's word, `why` what it says of it."""

    name: str
    language: str
    event: str
    category: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateQuality:
    name: str
    language: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCategory:
    """A template has another category, or will have the one that is `coming` at a time."""

    name: str
    language: str
    now: str
    before: str = ""
    coming: str = ""
    coming_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateEdited:
    name: str
    language: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberQuality:
    """How much a number may send changed; `limit` is for a business and a day."""

    number: str
    event: str
    limit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberName:
    number: str
    decision: str
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberError:
    """Something is wrong with a number, and not with a message of it."""

    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class PinEvent:
    number: str
    event: str
    requester: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Username:
    """The name that a number of ours goes by; none where it was deleted."""

    number: str
    status: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent:
    """Something happened to the account. `details` are Meta's, of another shape for each event."""

    event: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAlert:
    kind: str
    severity: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReview:
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What the business may do; `limit` is of conversations that it opens in a day."""

    limit: str
    numbers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What somebody wants of a kind of messages; `wanted` is `None` where that is neither yes nor no."""

    person: Address
    category: str
    wanted: bool | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """What somebody of the business wrote to a person with the app on a phone. `said` comes from our own number."""

    to: Address
    said: InboundMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """What passed on a number while somebody else answers it."""

    said: InboundMessage | StatusUpdate


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Another one answers a person from here on."""

    person: Address
    event: str
    before: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastThread:
    """What passed between a number and a person before it was ours; `said` are the messages that can be read."""

    person: Address
    said: tuple[InboundMessage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRefused:
    """The business does not share what passed before."""

    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBook:
    """An entry of the address book of the business was added, changed or removed."""

    action: str
    person: Address
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherNews:
    """News of a kind that means nothing to us, or that we do not know yet: kept."""

    field: str


News = (
    TemplateVerdict
    | TemplateQuality
    | TemplateCategory
    | TemplateEdited
    | NumberQuality
    | NumberName
    | NumberError
    | PinEvent
    | Username
    | AccountEvent
    | AccountAlert
    | AccountReview
    | Capability
    | Preference
    | Echo
    | Standby
    | Control
    | PastThread
    | PastRefused
    | AddressBook
    | OtherNews
)
