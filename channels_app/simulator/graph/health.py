"""Whether a number, an account or a template can send.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/health-status
"""

from collections.abc import Mapping
from typing import Any

from channels_app.simulator import accounts
from channels_app.simulator.models import SimulatedAccount, SimulatedNumber, SimulatedTemplate

AVAILABLE, LIMITED, BLOCKED = "AVAILABLE", "LIMITED", "BLOCKED"
ORDER = (AVAILABLE, LIMITED, BLOCKED)
TEMPLATE_NOT_APPROVED, NUMBER_NOT_REGISTERED = 141002, 141000
SENDABLE = ("APPROVED", "FLAGGED", "REINSTATED")

Json = Mapping[str, Any]


def of_account(account: SimulatedAccount, app_id: str) -> Json:
    return _whole([_entity("WABA", account.waba_id), *_above(account, app_id)])


def of_number(number: SimulatedNumber, app_id: str) -> Json:
    entity = _entity("PHONE_NUMBER", number.phone_number_id)
    if number.status != "CONNECTED":
        entity = _blocked(
            entity, NUMBER_NOT_REGISTERED, f"The phone number is {number.status}.", "Register the phone number."
        )
    return _whole([entity, _entity("WABA", number.account.waba_id), *_above(number.account, app_id)])


def of_template(template: SimulatedTemplate, app_id: str) -> Json:
    entity = _entity("MESSAGE_TEMPLATE", template.template_id)
    if template.status not in SENDABLE:
        words = f"The message template is {template.status}."
        entity = _blocked(entity, TEMPLATE_NOT_APPROVED, words, "Wait for its review, or edit it.")
    return _whole([entity, _entity("WABA", template.account.waba_id), *_above(template.account, app_id)])


def business_of(account: SimulatedAccount) -> str:
    return accounts.id_of(str(int(account.team_id.hex[-12:], 16)))


def _above(account: SimulatedAccount, app_id: str) -> list[Json]:
    return [_entity("BUSINESS", business_of(account)), _entity("APP", app_id)]


def _entity(entity_type: str, entity_id: str) -> Json:
    return {"entity_type": entity_type, "id": entity_id, "can_send_message": AVAILABLE}


def _blocked(entity: Json, code: int, description: str, solution: str) -> Json:
    error = {"error_code": code, "error_description": description, "possible_solution": solution}
    return {**entity, "can_send_message": BLOCKED, "errors": [error]}


def _whole(entities: list[Json]) -> Json:
    worst = max((entity["can_send_message"] for entity in entities), key=ORDER.index)
    return {"can_send_message": worst, "entities": entities}
