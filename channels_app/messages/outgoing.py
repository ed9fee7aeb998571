"""What goes out, as plain values: the messages that a carrier is asked to send, each fit to be sent as it stands."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText:
    body: str
    quoted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTemplate:
    """The approved template `name`; `parameters` by name, or in order without names, each fit for a template."""

    name: str
    language: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendVoice:
    """A voice note; where it `is_note` no more, a sound that is attached as a file."""

    media_id: str
    is_note: bool = True
    quoted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something to tap. `id` comes back with the tap."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendButtons:
    body: str
    options: tuple[Option, ...]
    quoted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendList:
    """Rows behind a button called `label`."""

    body: str
    label: str
    options: tuple[Option, ...]
    quoted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLink:
    body: str
    title: str
    url: str
    quoted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """A wish for the person's place or phone number, which a tap grants."""

    body: str
    wish: Literal["location", "number"]
    quoted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPlace:
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    quoted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCard:
    """A contact; `phones` are pairs of the number as it is shown and its wa_id, "" where that is not known."""

    name: str
    phones: tuple[tuple[str, str], ...] = ()
    emails: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendContacts:
    cards: tuple[SentCard, ...]
    quoted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReaction:
    """An emoji on the message `target`; an empty one takes it back."""

    target: str
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFile:
    """A file that the carrier keeps under `media_id`."""

    type: Literal["image", "video", "audio", "document", "sticker"]
    media_id: str
    caption: str = ""
    filename: str = ""
    quoted: str | None = None


Outbound = (
    SendText
    | SendTemplate
    | SendVoice
    | SendButtons
    | SendList
    | SendLink
    | SendRequest
    | SendPlace
    | SendContacts
    | SendReaction
    | SendFile
)
