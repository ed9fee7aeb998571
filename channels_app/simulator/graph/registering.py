"""Numbers: verified with a code, registered with a PIN, deregistered, and changed.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration
"""

import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from channels_app import clock
from channels_app.simulator.graph import refusals, refusals_of_messages, subscribing
from channels_app.simulator.graph.calls import Call
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.models import SimulatedNumber

PIN = re.compile(r"[0-9]{6}")
MOST, WITHIN = 10, timedelta(hours=72)
METHODS = ("SMS", "VOICE")
NAME_LIMIT = 120
REGISTER = ("messaging_product", "pin", "data_localization_region")

Json = Mapping[str, Any]


def request_code(call: Call) -> Json:
    """A code is sent to the number. Raises `Refusal`."""
    number = call.number
    if number.code_verification_status == "VERIFIED":
        words = "(#136024) Request code error"
        raise Refusal(136024, words, "The phone number is verified already.")
    if str(call.body.get("code_method", "")).upper() not in METHODS:
        raise refusals.wrong("code_method", "one of {SMS, VOICE}.")
    if not call.body.get("language"):
        raise refusals.missing("language")
    return {"success": True}


def verify_code(call: Call) -> Json:
    """Raises `Refusal`."""
    number = call.number
    code = str(call.body.get("code", "")).replace("-", "")
    if not code:
        raise refusals.missing("code")
    if not hmac.compare_digest(code.encode("utf-8", "replace"), code_of(number).encode()):
        raise refusals_of_messages.bad_value("The code is not the one that was sent.")
    _of(number).update(code_verification_status="VERIFIED")
    return {"success": True}


def code_of(number: SimulatedNumber) -> str:
    """What stands in the SMS: nobody gets it, so it is the last six digits of the number."""
    return number.digits[-6:].rjust(6, "0")


def register(call: Call) -> Json:
    """Sets the PIN, which must be the one that is set where one is. Raises `Refusal`."""
    call.require_product()
    number = call.number
    for name in call.body:
        if name not in REGISTER:
            raise refusals.unexpected(name, "root")
    pin = _pin(call.body)
    if number.code_verification_status != "VERIFIED":
        details = "Phone number needs to be verified before registering."
        raise Refusal(133006, "(#133006) Phone number re-verification needed", details)
    _count(number)
    if number.pin and not hmac.compare_digest(number.pin, pin):
        raise Refusal(133005, "(#133005) Two step verification PIN Mismatch", "PIN code is incorrect.")
    _of(number).update(status="CONNECTED", pin=pin)
    return {"success": True}


def deregister(call: Call) -> Json:
    """Raises `Refusal`."""
    number = call.number
    if number.status == "PENDING":
        raise refusals_of_messages.not_registered()
    _count(number)
    _of(number).update(status="PENDING")
    return {"success": True}


def change(call: Call) -> Json:
    """A new PIN, a new name, or another address for webhooks. Raises `Refusal`."""
    number, body = call.number, call.body
    for name in body:
        if name not in ("pin", "new_display_name", "messaging_product", "webhook_configuration"):
            raise refusals.unexpected(name, "root")
    if not {"pin", "new_display_name", "webhook_configuration"} & set(body):
        raise refusals.missing("pin")
    if "webhook_configuration" in body:
        subscribing.override_number(number, body["webhook_configuration"])
    if "pin" in body:
        _of(number).update(pin=_pin(body))
    if "new_display_name" in body:
        name = str(body["new_display_name"]).strip()
        if not 3 <= len(name) <= NAME_LIMIT:
            raise refusals.wrong("new_display_name", f"3 to {NAME_LIMIT} characters long.")
        _of(number).update(verified_name=name)
    return {"success": True}


def _pin(body: Json) -> str:
    pin = str(body.get("pin", ""))
    if not pin:
        raise refusals.missing("pin")
    if not PIN.fullmatch(pin):
        raise refusals.wrong("pin", "6 digits long.")
    return pin


def _count(number: SimulatedNumber) -> None:
    """One more registration or deregistration. Raises `Refusal` where there were too many."""
    now = clock.now().timestamp()
    lately = [at for at in number.registrations if at > now - WITHIN.total_seconds()]
    if len(lately) >= MOST:
        details = "Phone number was registered and deregistered more than 10 times in 72 hours."
        raise Refusal(133016, "(#133016) Account register deregister rate limit exceeded", details)
    _of(number).update(registrations=[*lately, now])


def _of(number: SimulatedNumber) -> Any:
    return SimulatedNumber.objects.filter(pk=number.pk)
