"""Who is meant by the ids in a notification: told apart by their form, never by the key they came under."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from channels_app.gateways.base import NOBODY
from channels_app.gateways.meta import pieces
from channels_app.messages import Address

USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
LONGEST_WA_ID = 20


class ContactHead(msgspec.Struct):
    wa_id: Any = None
    user_id: Any = None
    parent_user_id: Any = None


_contact = msgspec.json.Decoder(ContactHead)


class Known(NamedTuple):
    """An entry of `contacts[]`."""

    head: ContactHead
    piece: Any

    @property
    def person(self) -> Address:
        return address(self.head.wa_id, self.head.user_id, self.head.parent_user_id)


def address(*ids: object) -> Address:
    """The first phone number and the first user id among `ids`; a parent user id only where there is nothing else.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
    """
    wa_id = user_id = parent = None
    for each in ids:
        text = "" if each is None else pieces.word(each)
        if text.isdecimal():
            wa_id = wa_id or (text if text.isascii() and len(text) <= LONGEST_WA_ID else None)
        elif text and (form := USER_ID.fullmatch(text)):
            if form[1]:
                parent = parent or text
            else:
                user_id = user_id or text
    if wa_id or user_id:
        return Address(wa_id=wa_id, user_id=user_id)
    return Address(user_id=parent) if parent else NOBODY


def directory(contacts: Iterable[Any]) -> Mapping[object, Known]:
    """`contacts[]`, to be looked up by any id or by a phone number and a user id together; odd ones are left out."""
    found: dict[object, Known] = {}
    for piece in contacts:
        try:
            head = pieces.head(piece, _contact)
        except pieces.Odd:
            continue
        known = Known(head, piece)
        wa_id, user_id = pieces.word(head.wa_id), pieces.word(head.user_id)
        for key in ((wa_id, user_id), wa_id, user_id, pieces.word(head.parent_user_id)):
            if key:
                found.setdefault(key, known)
    return found


def contact_of(person: Address, contacts: Mapping[object, Known]) -> Known | None:
    """The contact that is this person, by one id or both, and never one who differs in the other."""
    both = contacts.get((person.wa_id, person.user_id))
    if both or not contacts:
        return both
    for key in (person.user_id, person.wa_id):
        known = contacts.get(key) if key else None
        if known and _agree(person, known.person):
            return known
    return None


def completed(person: Address, known: Known | None) -> Address:
    """`person` with the id that only their contact has."""
    if known is None or (person.wa_id and person.user_id):
        return person
    other = known.person
    return Address(wa_id=person.wa_id or other.wa_id, user_id=person.user_id or other.user_id)


def _agree(one: Address, other: Address) -> bool:
    return all(
        not mine or not theirs or mine == theirs
        for mine, theirs in ((one.wa_id, other.wa_id), (one.user_id, other.user_id))
    )
