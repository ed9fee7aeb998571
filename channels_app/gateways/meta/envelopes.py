"""One item of a notification in its envelope: identified, addressed, and left unread."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from channels_app import clock
from channels_app.gateways.base import Envelope, EnvelopeKind
from channels_app.gateways.meta import keys, people, pieces
from channels_app.gateways.meta.people import Known

LONGEST_TYPE = 60
# where items that are neither message nor status say of whom and of what kind they are
PERSONS: Mapping[str, tuple[str, ...]] = {
    "messages": ("from", "from_user_id", "from_parent_user_id"),
    "statuses": ("recipient_id", "recipient_user_id", "recipient_parent_user_id"),
    "message_echoes": ("to", "to_user_id", "to_parent_user_id"),
    "user_preferences": ("wa_id", "user_id", "parent_user_id"),
    "threads": ("id",),
}
TYPES: Mapping[str, str] = {"messages": "type", "message_echoes": "type", "statuses": "status"}


class MessageHead(msgspec.Struct):
    id: Any = None
    type: Any = None
    timestamp: Any = None
    group_id: Any = None
    wa_id: Any = msgspec.field(name="from", default=None)
    user_id: Any = msgspec.field(name="from_user_id", default=None)
    parent_user_id: Any = msgspec.field(name="from_parent_user_id", default=None)


class StatusHead(msgspec.Struct):
    id: Any = None
    status: Any = None
    timestamp: Any = None
    errors: Any = None
    recipient_id: Any = None
    recipient_user_id: Any = None
    recipient_parent_user_id: Any = None
    recipient_participant_id: Any = None
    recipient_participant_user_id: Any = None


_message_head = msgspec.json.Decoder(MessageHead)
_status_head = msgspec.json.Decoder(StatusHead)


class Place(NamedTuple):
    """Where in a notification an item stood."""

    account: str = ""
    time: str = ""
    field: str = ""
    number: str = ""


def of_message(piece: Any, place: Place, contacts: Mapping[object, Known]) -> Envelope:
    try:
        head = pieces.head(piece, _message_head)
    except pieces.Odd as odd:
        return of_other("messages", piece, place, kind="message", reason=str(odd))
    external_id, type_ = pieces.word(head.id), pieces.word(head.type)[:LONGEST_TYPE]
    person = people.address(head.wa_id, head.user_id, head.parent_user_id)
    known = people.contact_of(person, contacts)
    known_by_id = external_id and place.number
    return Envelope(
        kind="message",
        key=keys.of_message(place.number, external_id) if known_by_id else _key_of_content(piece, place),
        field=place.field,
        type=type_,
        raw=pieces.as_came(piece),
        external_id=external_id,
        sender=people.completed(person, known),
        group=bool(pieces.word(head.group_id)),
        contact=pieces.as_came(known.piece) if known else None,
        sent_at=clock.from_meta(pieces.word(head.timestamp)),
        reason=_what_is_missing(place, external_id, type_, "It has no type"),
    )


def of_status(piece: Any, place: Place) -> Envelope:
    try:
        head = pieces.head(piece, _status_head)
    except pieces.Odd as odd:
        return of_other("statuses", piece, place, kind="status", reason=str(odd))
    external_id, status = pieces.word(head.id), pieces.word(head.status)[:LONGEST_TYPE]
    member = people.address(head.recipient_participant_id, head.recipient_participant_user_id)
    reason = _what_is_missing(place, external_id, status, "It names no status")
    key = (
        _key_of_content(piece, place)
        if reason
        else keys.of_status(place.number, external_id, status, _code(head.errors), member.user_id or member.wa_id or "")
    )
    return Envelope(
        kind="status",
        key=key,
        field=place.field,
        type=status,
        raw=pieces.as_came(piece),
        external_id=external_id,
        sender=member or people.address(head.recipient_id, head.recipient_user_id, head.recipient_parent_user_id),
        group=bool(member),
        sent_at=clock.from_meta(pieces.word(head.timestamp)),
        reason=reason,
    )


def of_other(listed: str, piece: Any, place: Place, *, kind: EnvelopeKind = "other", reason: str = "") -> Envelope:
    """Whatever came under the list named `listed`, or as a whole value where that is empty: kept, and nobody's turn."""
    try:
        found = pieces.members(piece)
    except pieces.Odd:
        found = {}
    person = people.address(*[found.get(name) for name in PERSONS.get(listed, ())])
    type_ = pieces.word(found.get(TYPES[listed]))[:LONGEST_TYPE] if listed in TYPES else ""
    return Envelope(
        kind=kind,
        key=_key_of_content(piece, place),
        field=place.field,
        type=type_ or place.field,
        raw=pieces.as_came(piece),
        external_id=pieces.word(found.get("id")) if listed in TYPES else "",
        sender=person,
        sent_at=clock.from_meta(pieces.word(found.get("timestamp")) or place.time),
        reason=reason,
    )


def _what_is_missing(place: Place, external_id: str, type_: str, no_type: str) -> str:
    if not external_id:
        return "It has no id"
    if not type_:
        return no_type
    return "" if place.number else "It names no phone number of ours"


def _key_of_content(piece: Any, place: Place) -> bytes:
    return keys.of_content(place.number, place.account, place.time, place.field, pieces.ordered(piece))


def _code(errors: object) -> int:
    """The code of the first error, 0 where there is none."""
    first = errors[0] if isinstance(errors, list) and errors else None
    code = pieces.word(first.get("code")) if isinstance(first, dict) else ""
    return int(code) if code.removeprefix("-").isdecimal() else 0
