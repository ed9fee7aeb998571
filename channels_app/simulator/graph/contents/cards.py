"""Places, address cards and reactions.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/contacts-messages
"""

import re
from datetime import timedelta

from channels_app import clock
from channels_app.graph import wire
from channels_app.simulator.graph import refusals, refusals_of_messages
from channels_app.simulator.graph.contents import emoji
from channels_app.simulator.graph.contents.said import (
    Json,
    Recipient,
    Said,
    items,
    objects,
    only,
    optional,
    required,
)
from channels_app.simulator.models import SimulatedMessage

MOST_CONTACTS = 257
NAME_LIMIT = 1024
BIRTHDAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
REACTS_TO = timedelta(days=30)
NO_TARGET = refusals_of_messages.bad_value(
    "The message is older than 30 days, was deleted, is a reaction itself, or is not of this chat."
)
NAMES = ("formatted_name", "first_name", "last_name", "middle_name", "suffix", "prefix")
PARTS = {
    "phones": ("phone", "type", "wa_id"),
    "emails": ("email", "type"),
    "urls": ("url", "type"),
    "addresses": ("street", "city", "state", "zip", "country", "country_code", "type"),
}


def location(to: Recipient, body: Json) -> Said:
    found = objects(body["location"], "location")
    only(found, ("latitude", "longitude", "name", "address"), "location")
    latitude, longitude = _degrees(found, "latitude", 90), _degrees(found, "longitude", 180)
    name = optional(found, "name", "location['name']", NAME_LIMIT)
    address = optional(found, "address", "location['address']", NAME_LIMIT)
    words = ", ".join(filter(None, (name, address))) or f"{latitude:g}, {longitude:g}"
    return Said(type="location", text=words, content={"location": found})


def contacts(to: Recipient, body: Json) -> Said:
    found = items(body["contacts"], "contacts")
    if len(found) > MOST_CONTACTS:
        raise refusals.wrong("contacts", f"at most {MOST_CONTACTS} elements.")
    names = [_card(card, f"contacts[{place}]") for place, card in enumerate(found)]
    return Said(type="contacts", text=", ".join(names), content={"contacts": found})


def reaction(to: Recipient, body: Json) -> Said:
    """To a message of this chat; with an empty emoji it is taken back. That there is none is only reported later."""
    found = objects(body["reaction"], "reaction")
    only(found, ("message_id", "emoji"), "reaction")
    if body.get("context"):
        raise refusals_of_messages.bad_value("A reaction cannot be a reply: context is not allowed.")
    wamid = required(found, "message_id", "reaction['message_id']", 512)
    given = found.get("emoji")
    if given is None:
        raise refusals_of_messages.missing_parameter("reaction['emoji']")
    if not isinstance(given, str) or not (given == "" or emoji.is_one(given)):
        raise refusals_of_messages.bad_value("reaction['emoji'] must be one emoji, or empty.")
    target = SimulatedMessage.objects.filter(chat__number=to.number, chat__person=to.person, wamid=wamid).first()
    if target is None or target.type == "reaction" or clock.now() - target.created_at > REACTS_TO:
        return Said(type="reaction", text=given, content={"reaction": found}, fails=NO_TARGET)
    return Said(type="reaction", text=given, content={"reaction": found})


def _degrees(found: Json, key: str, most: int) -> float:
    value = found.get(key)
    parameter = f"location['{key}']"
    if value is None or value == "":
        raise refusals_of_messages.missing_parameter(parameter)
    try:
        degrees = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else most + 1.0
    except (ValueError, OverflowError):
        degrees = most + 1.0
    if not -most <= degrees <= most:
        raise refusals_of_messages.bad_value(f"{parameter} must be a number from -{most} to {most}.")
    return degrees


def _card(card: Json, parameter: str) -> str:
    only(card, ("name", "birthday", "org", *PARTS), parameter)
    name = objects(card.get("name"), f"{parameter}['name']")
    only(name, NAMES, f"{parameter}['name']")
    shown = required(name, "formatted_name", f"{parameter}['name']['formatted_name']", NAME_LIMIT)
    birthday = card.get("birthday")
    if birthday is not None and not BIRTHDAY.fullmatch(wire.text(birthday)):
        raise refusals_of_messages.bad_value(f"{parameter}['birthday'] must be of the form YYYY-MM-DD.")
    if "org" in card:
        only(objects(card["org"], f"{parameter}['org']"), ("company", "department", "title"), f"{parameter}['org']")
    for part, known in PARTS.items():
        for item in items(card.get(part, []), f"{parameter}['{part}']"):
            only(item, known, f"{parameter}['{part}']")
    return shown
