"""An incoming message in words: for bots that only read, for lists of messages, and for whoever must decide on it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, assert_never

from channels_app.messages import (
    CallPermission,
    Card,
    Choice,
    Contacts,
    Edit,
    FlowAnswer,
    InboundMessage,
    Location,
    Media,
    Order,
    OrderedItem,
    Reaction,
    Revocation,
    SystemNote,
    Text,
    Unreadable,
    Unsupported,
)

NOT_AVAILABLE = 131060
FILES: Mapping[str, str] = {
    "image": "A picture",
    "video": "A video",
    "audio": "An audio file",
    "voice": "A voice note",
    "document": "A document",
    "sticker": "A sticker",
}


def describe(message: InboundMessage) -> str:
    """What arrived, in a few words of English: a text's own words, a choice's title, or what the rest is about."""
    match message:
        case Text(body=body):
            return body
        case Choice(title=title):
            return title
        case Media():
            return _file(message)
        case Location():
            return _place(message)
        case Contacts(cards=cards):
            return f"{'A contact' if len(cards) == 1 else f'{len(cards)} contacts'}: {'; '.join(map(_card, cards))}"
        case FlowAnswer(response=response):
            return _form(response)
        case Order(text=text, items=items):
            return f"An order of {', '.join(map(_item, items)) or 'nothing'}{_saying(text)}"
        case CallPermission(response=response):
            return f"The answer to our wish to call: {response or 'none'}"
        case Reaction(emoji=emoji):
            return f"The reaction {emoji}" if emoji else "A reaction was taken back"
        case Edit(text=text):
            return f"An earlier message was changed to “{text}”"
        case Revocation():
            return "An earlier message was deleted"
        case SystemNote(body=body, kind=kind):
            return body or f"WhatsApp says: {kind}"
        case Unsupported(code=code, kind=kind):
            what = "A message that WhatsApp could not hand over"
            return what if code == NOT_AVAILABLE else f"{what}{_kind(kind)}"
        case Unreadable(type=kind):
            return f"A message of a new kind{_kind(kind)}"
        case _:
            assert_never(message)


def content(message: InboundMessage) -> dict[str, Any]:
    """The message as JSON: all that it holds but for its origin, of which only how it came to be written stays."""
    found = _jsonable(asdict(message))
    origin = found.pop("origin")
    return {**found, **{name: origin[name] for name in ("forwarded", "referral") if origin[name]}}


def type_of(message: InboundMessage) -> str:
    """Meta's name for the type of the message, under which it is listed."""
    match message:
        case Text():
            return "text"
        case Media(type=kind):
            return "audio" if kind == "voice" else kind
        case Location():
            return "location"
        case Contacts():
            return "contacts"
        case Choice(of_template=of_template):
            return "button" if of_template else "interactive"
        case FlowAnswer() | CallPermission():
            return "interactive"
        case Order():
            return "order"
        case Reaction():
            return "reaction"
        case Edit():
            return "edit"
        case Revocation():
            return "revoke"
        case SystemNote():
            return "system"
        case Unsupported():
            return "unsupported"
        case Unreadable(type=kind):
            return kind
        case _:
            assert_never(message)


def asks(message: InboundMessage) -> bool:
    """Whether the message is something for a bot to answer.

    A message that Meta calls unavailable may still come, under the same id; one of an unknown kind will not.
    """
    match message:
        case Reaction() | Edit() | Revocation() | SystemNote() | CallPermission():
            return False
        case Unsupported(code=code):
            return code not in (0, NOT_AVAILABLE)
        case Unreadable(type=kind):
            return kind != "request_welcome"
        case Text() | Media() | Location() | Contacts() | Choice() | FlowAnswer() | Order():
            return True
        case _:
            assert_never(message)


def _file(media: Media) -> str:
    name = f" named “{media.filename}”" if media.filename else ""
    return FILES[media.type] + name + _saying(media.caption if media.caption != media.filename else "")


def _place(location: Location) -> str:
    names = [name for name in (location.name, location.address) if name]
    return f"A place: {', '.join([*names, f'{location.latitude:g}, {location.longitude:g}'])}"


def _card(card: Card) -> str:
    return ", ".join(part for part in (card.name, *card.phones, *card.emails, card.organisation) if part) or "unnamed"


def _form(response: Mapping[str, Any]) -> str:
    answers = [f"{name}: {answer}" for name, answer in response.items() if name != "flow_token"]
    return f"A form, filled in: {'; '.join(answers)}" if answers else "A form, filled in"


def _item(item: OrderedItem) -> str:
    return f"{item.quantity:g} of {item.product} at {item.price:g} {item.currency}".rstrip()


def _saying(words: str) -> str:
    return f", with the words “{words}”" if words else ""


def _kind(kind: str) -> str:
    return f" ({kind})" if kind and kind != "unknown" else ""


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _jsonable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
