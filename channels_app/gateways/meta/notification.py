"""A webhook of Meta's, taken apart: every message, status and error in it gets an envelope of its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from channels_app.gateways.base import Change, Envelope, EnvelopeKind, MalformedNotification
from channels_app.gateways.meta import envelopes, people, pieces
from channels_app.gateways.meta.envelopes import LONGEST_TYPE, Place

MOST_ITEMS = 40_000  # Meta sends up to 1,000
KINDS: Mapping[str, EnvelopeKind] = {"messages": "message", "statuses": "status", "errors": "error"}


def open_notification(body: bytes) -> list[Change]:
    """Every item of every change of every entry, each once: a message with content rather than its placeholder.

    Raises `MalformedNotification`, and nothing else, where `body` is no JSON, no object with a list `entry`, or holds
    more items than would fit into it if they said anything.
    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
    """
    try:
        return _each_once(_opened(body))
    except pieces.Odd as exc:
        raise MalformedNotification("It is no object with a list `entry`") from exc
    except ValueError as exc:
        raise MalformedNotification("It is no JSON") from exc
    except RecursionError as exc:
        raise MalformedNotification("It is nested too deeply") from exc


def _opened(body: bytes) -> list[Change]:
    changes: list[Change] = []
    count = 0
    for entry in pieces.items(pieces.members(pieces.tree(body)).get("entry")):
        for change in _changes(entry):
            changes.append(change)
            count += len(change.envelopes)
            if count > MOST_ITEMS:
                raise MalformedNotification("It holds too many items")
    return changes


def _changes(entry: Any) -> Iterator[Change]:
    account = time = ""
    try:
        found = pieces.members(entry)
        account, time = pieces.word(found.get("id")), pieces.word(found.get("time"))
        changes = pieces.items(found.get("changes"))
    except pieces.Odd:
        yield _unread(entry, Place(account, time), "An entry without a list of changes")
        return
    for change in changes:
        yield _change(change, account, time)


def _change(piece: Any, account: str, time: str) -> Change:
    field = ""
    try:
        found = pieces.members(piece)
        field = pieces.word(found.get("field"))[:LONGEST_TYPE]
        value = pieces.members(found.get("value"))
    except pieces.Odd:
        return _unread(piece, Place(account, time, field), "A change whose value is no object")
    number = _inner(value, "metadata", "phone_number_id") or _inner(value, "recipient", "phone_number_id")
    place = Place(account, time, field, number)
    kept = tuple(islice(_envelopes(value, place), MOST_ITEMS + 1)) or (envelopes.of_other("", found["value"], place),)
    return Change(phone_number_id=number or None, accounts=_accounts(account, value), envelopes=kept)


def _unread(piece: Any, place: Place, reason: str) -> Change:
    envelope = envelopes.of_other("", piece, place, reason=reason)
    return Change(phone_number_id=None, accounts=_accounts(place.account, {}), envelopes=(envelope,))


def _accounts(account: str, value: Mapping[str, Any]) -> tuple[str, ...]:
    """Some events come under the id of a partner's business, and name the account they are about."""
    about = _inner(value, "waba_info", "waba_id")
    return tuple(dict.fromkeys(each for each in (account, about) if each))


def _inner(value: Mapping[str, Any], outer: str, name: str) -> str:
    try:
        return pieces.word(pieces.members(value[outer]).get(name)) if outer in value else ""
    except pieces.Odd:
        return ""


def _envelopes(value: Mapping[str, Any], place: Place) -> Iterator[Envelope]:
    """One for each item of the lists of a value that is about a phone number; none for any other value."""
    if place.field == "standby":
        value = _unfolded(value)
    elif place.field != "messages" and "metadata" not in value:
        return
    contacts = people.directory(islice(_listed(value.get("contacts")), MOST_ITEMS))
    for listed, piece in _items(value):
        kind = KINDS.get(listed, "other") if place.field == "messages" else "other"
        if kind == "message":
            yield envelopes.of_message(piece, place, contacts)
        elif kind == "status":
            yield envelopes.of_status(piece, place)
        else:
            yield envelopes.of_other(listed, piece, place, kind=kind)


def _unfolded(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """While somebody else answers a number, what it gets comes one level deeper."""
    try:
        return {**value, **pieces.members(value.get("standby"))}
    except pieces.Odd:
        return value


def _items(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for listed, piece in value.items():
        if listed == "history":
            yield from _threads(piece)
        elif listed != "contacts" and pieces.is_list(piece):
            for item in pieces.items(piece):
                yield listed, item
        elif listed in KINDS and not pieces.is_null(piece):
            yield listed, piece  # one odd item in place of a list of them


def _threads(history: Any) -> Iterator[tuple[str, Any]]:
    """The people of a history apart from each other."""
    for chunk in _listed(history):
        try:
            found = pieces.members(chunk)
        except pieces.Odd:
            found = {}
        parts = [(name, part) for name in ("threads", "errors") for part in _listed(found.get(name))]
        yield from parts or [("history", chunk)]


def _listed(piece: Any) -> Iterable[Any]:
    return pieces.items(piece) if pieces.is_list(piece) else ()


def _each_once(changes: list[Change]) -> list[Change]:
    everything = [envelope for change in changes for envelope in change.envelopes]
    best: dict[bytes, Envelope] = {}
    for envelope in everything:
        kept = best.setdefault(envelope.key, envelope)
        if kept is not envelope and _says_more(envelope, kept):
            best[envelope.key] = envelope
    if len(best) == len(everything):
        return changes
    return [
        replace(change, envelopes=tuple(each for each in change.envelopes if best[each.key] is each))
        for change in changes
    ]


def _says_more(one: Envelope, other: Envelope) -> bool:
    return (not one.reason, one.type != "unsupported") > (not other.reason, other.type != "unsupported")
