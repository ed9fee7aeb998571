"""A number's business profile.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-profiles
"""

import re
from collections.abc import Mapping
from typing import Any

from channels_app.simulator.graph import fields, refusals
from channels_app.simulator.graph.calls import Call
from channels_app.simulator.graph.contents.said import is_web_address
from channels_app.simulator.models import SimulatedNumber

LIMITS: Mapping[str, int] = {"about": 139, "address": 256, "description": 512, "email": 128}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
SITES, SITE = 2, 256
VERTICALS = frozenset(
    {"OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY", "GOVT", "HOTEL"}
    | {"HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "ALCOHOL", "ONLINE_GAMBLING"}
    | {"PHYSICAL_GAMBLING", "OTC_DRUGS"}
)
CHANGEABLE = (*LIMITS, "websites", "vertical", "profile_picture_handle")
SHOWN = (*LIMITS, "profile_picture_url", "websites", "vertical", "messaging_product")

Json = Mapping[str, Any]


def show(call: Call) -> Json:
    """The fields that were asked for, as far as they are set."""
    profile = call.number.profile
    names = [name.strip() for name in call.query.get("fields", "").split(",") if name.strip()]
    for name in names:
        if name not in SHOWN:
            raise refusals.unknown_field(name, "WhatsAppBusinessProfile")
    found = {name: profile[name] for name in names if name in profile}
    return {"data": [found | {"messaging_product": "whatsapp"}]}


def change(call: Call) -> Json:
    """Raises `Refusal`."""
    call.require_product()
    number = call.number
    given = {name: value for name, value in call.body.items() if name != "messaging_product"}
    for name, value in given.items():
        _check(name, value)
    SimulatedNumber.objects.filter(pk=number.pk).update(profile={**number.profile, **given})
    return {"success": True}


def _check(name: str, value: object) -> None:
    if name not in CHANGEABLE:
        raise refusals.unexpected(name, "root")
    if name == "websites":
        if not isinstance(value, list) or len(value) > SITES:
            raise refusals.wrong(name, f"an array of at most {SITES} addresses.")
        if not all(isinstance(site, str) and len(site) <= SITE and is_web_address(site) for site in value):
            raise refusals.wrong(name, f"addresses of at most {SITE} characters, with http:// or https://.")
        return
    if not isinstance(value, str):
        raise refusals.wrong(name, "a string.")
    if len(value) > LIMITS.get(name, fields.LONGEST):
        raise refusals.too_long(name, LIMITS.get(name, fields.LONGEST))
    if name == "about" and not value.strip():
        raise refusals.wrong(name, "1 to 139 characters long.")
    if name == "email" and value and not EMAIL.fullmatch(value):
        raise refusals.wrong(name, "a valid email address.")
    if name == "vertical" and value not in VERTICALS:
        raise refusals.wrong(name, f"one of {{{', '.join(sorted(VERTICALS))}}}.")
