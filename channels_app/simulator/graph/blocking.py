"""People whom a number has blocked.

https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users
"""

from collections.abc import Callable, Mapping
from typing import Any

from channels_app.gateways.meta import numbers
from channels_app.graph import wire
from channels_app.simulator.graph import fields, refusals, refusals_of_messages
from channels_app.simulator.graph.calls import Call
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.models import SimulatedBlock, SimulatedChat, SimulatedNumber, SimulatedPerson

Json = Mapping[str, Any]
Step = Callable[[SimulatedNumber, SimulatedPerson], None]


def listed(call: Call) -> Json:
    blocks = call.number.blocks.select_related("person")
    rows = [{"messaging_product": "whatsapp", "wa_id": block.person.digits} for block in blocks]
    return fields.page(rows, call.query, call.url)


def block(call: Call) -> Json:
    """Only people who wrote within 24 hours. Raises `Refusal`, also where some could be blocked and some not."""
    return _each(call, _block, "added_users")


def unblock(call: Call) -> Json:
    """Raises `Refusal`."""
    return _each(call, _unblock, "removed_users")


def _each(call: Call, step: Step, done: str) -> Json:
    call.require_product()
    users = wire.mappings(call.body.get("block_users"))
    if not users:
        raise refusals.missing("block_users")
    taken, failed = [], []
    for user in users:
        asked = wire.text(user.get("user")) or wire.text(user.get("user_id"))
        try:
            person = _person(call.number, asked)
            step(call.number, person)
        except Refusal as refusal:
            failed.append({"input": asked, "errors": [_error(refusal)]})
        else:
            taken.append({"input": asked, "wa_id": person.digits})
    answer = {"messaging_product": "whatsapp", "block_users": {done: taken}}
    if failed:
        answer["block_users"] = {done: taken, "failed_users": failed}
        raise Refusal(139100, "(#139100) Failed to block/unblock users", "See the lists for details", beside=answer)
    return answer


def _person(number: SimulatedNumber, asked: str) -> SimulatedPerson:
    people = SimulatedPerson.objects.filter(team=number.account.team_id)
    digits = numbers.digits(asked) or "none"
    found: SimulatedPerson | None = people.filter(user_id=asked).first() or people.filter(digits=digits).first()
    if found is None:
        raise refusals_of_messages.undeliverable()
    return found


def _block(number: SimulatedNumber, person: SimulatedPerson) -> None:
    chat = SimulatedChat.objects.filter(number=number, person=person).first()
    if chat is None or not chat.window_is_open():
        raise refusals_of_messages.window_closed()
    SimulatedBlock.objects.get_or_create(number=number, person=person)


def _unblock(number: SimulatedNumber, person: SimulatedPerson) -> None:
    SimulatedBlock.objects.filter(number=number, person=person).delete()


def _error(refusal: Refusal) -> Json:
    return {"message": refusal.message, "code": refusal.code, "error_data": {"details": refusal.details}}
