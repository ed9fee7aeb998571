"""Cards: contacts as they are asked for, sent, and put in words."""

from collections.abc import Mapping
from typing import Any

from channels_app.bots.contract import Contact, Phone
from channels_app.messages import SentCard


def contact(found: Mapping[str, Any]) -> Contact:
    phones = tuple(Phone(**phone) for phone in found["phones"])
    lists = {name: tuple(found[name]) for name in ("emails", "urls")}
    return Contact(name=found["name"], organisation=found["organisation"], phones=phones, **lists)


def card(contact: Contact) -> SentCard:
    return SentCard(
        name=contact.name,
        phones=tuple((phone.number, phone.wa_id) for phone in contact.phones),
        emails=contact.emails,
        urls=contact.urls,
        organisation=contact.organisation,
    )


def in_words(contact: Contact) -> str:
    phones = (phone.number for phone in contact.phones)
    return "\n".join(filter(None, (contact.name, contact.organisation, *phones, *contact.emails, *contact.urls)))
