"""POST /{phone number id}/messages: what a number has to say, and that it has read what it was told.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from os import urandom

from django.db import transaction

from channels_app import clock
from channels_app.gateways.meta import numbers
from channels_app.graph import wire
from channels_app.simulator import notifying, people, rates
from channels_app.simulator.graph import contents, receipts, refusals, refusals_of_messages
from channels_app.simulator.graph.access import Caller
from channels_app.simulator.graph.contents import Recipient, Said
from channels_app.simulator.graph.contents.said import Json, objects, only, optional
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage, SimulatedNumber, SimulatedPerson
from channels_app.simulator.postman import postman

CALLBACK_LIMIT, WAMID_LIMIT = 512, 255
QUOTED_FOR = timedelta(days=30)
USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
ENVELOPE = (
    *("messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data"),
    "recipient_identity_key_hash",
)
LOCKED = frozenset({"BANNED", "RESTRICTED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What goes along with a message: which one it replies to, and what comes back with its statuses."""

    quoted: str
    callback: str


def post(caller: Caller, body: Json) -> Json:
    """Take a message, or a read receipt. Raises `Refusal`."""
    number = caller.require_number("POST")
    if "messaging_product" not in body:
        raise refusals.missing("messaging_product")
    if body["messaging_product"] != "whatsapp":
        raise refusals.wrong("messaging_product", "one of {WHATSAPP}.")
    if "status" in body:
        _require_throughput(number)
        return receipts.mark_read(number, body)
    _require_readiness(number)
    only(body, (*ENVELOPE, *contents.TYPES), "root")
    to, user_id = wire.text(body.get("to")), wire.text(body.get("recipient"))
    _require_individual(body)
    if USER_ID.fullmatch(to):
        _read_for_nobody(number, body)
        return _accepted({"input": to, "wa_id": numbers.digits(to)}, new_wamid())
    person = _by_number(number, to) if to else _by_user_id(number, user_id)
    contact = {"input": to, "wa_id": person.digits} if to else {"input": user_id, "user_id": user_id}
    said, message = _take(Recipient(number=number, person=person, by_user_id=not to), body)
    postman.ring()
    return _accepted(contact, message.wamid, is_template=bool(said.template))


def _read_for_nobody(number: SimulatedNumber, body: Json) -> None:
    """What has a user id in `to` is taken, if it could be sent at all, and never arrives. Raises `Refusal`."""
    nobody = SimulatedPerson(team=number.account.team, name="Nobody")
    _aside(body)
    contents.read(Recipient(number=number, person=nobody), body)


def new_wamid() -> str:
    """Opaque, like Meta's, and with every character that theirs may have."""
    return f"wamid.{b64encode(urandom(30)).decode()}"


def identity_of(person: SimulatedPerson) -> str:
    """The hash that changes with who holds the phone."""
    return sha256(person.user_id.encode()).hexdigest()[:12]


def _require_readiness(number: SimulatedNumber) -> None:
    if number.status in LOCKED:
        raise refusals_of_messages.locked()
    if number.status != "CONNECTED":
        raise refusals_of_messages.not_registered()
    _require_throughput(number)


def _require_throughput(number: SimulatedNumber) -> None:
    if not rates.allow(number):
        raise refusals_of_messages.too_many()


def _require_individual(body: Json) -> None:
    kind = body.get("recipient_type", "individual")
    if kind == "group":
        raise refusals_of_messages.no_groups()
    if kind != "individual":
        raise refusals.wrong("recipient_type", "one of {INDIVIDUAL, GROUP}.")


def _by_number(number: SimulatedNumber, to: str) -> SimulatedPerson:
    """Whoever has a phone number is on this WhatsApp; who was never heard of is kept once something is sent to them."""
    if not numbers.looks_like_number(to):
        raise refusals_of_messages.bad_value(f"{to[:40]} is no phone number")
    digits = numbers.digits(to)
    if digits == number.digits:
        raise refusals_of_messages.to_itself()
    return people.behind(number.account.team_id, digits)


def _by_user_id(number: SimulatedNumber, user_id: str) -> SimulatedPerson:
    if not user_id:
        raise refusals_of_messages.missing_parameter("to")
    if not USER_ID.fullmatch(user_id):
        raise refusals_of_messages.bad_value("recipient is no business-scoped user id")
    person: SimulatedPerson | None = SimulatedPerson.objects.filter(
        team=number.account.team_id, user_id=user_id
    ).first()
    if person is None:
        raise refusals_of_messages.undeliverable()
    return person


def _take(to: Recipient, body: Json) -> tuple[Said, SimulatedMessage]:
    aside = _aside(body)
    said = contents.read(to, body)
    _require_welcome(to, body)
    if not said.template and not people.is_known(to.person):
        raise refusals_of_messages.window_closed()
    chat = people.chat(to.number, people.kept(to.person))
    with transaction.atomic():
        people.hold(chat)
        if not said.template and not chat.window_is_open():
            raise refusals_of_messages.window_closed()
        if not rates.allow_to(chat):
            raise refusals_of_messages.too_many_to_one()
        message = _keep(chat, said, aside)
        if said.fails:
            notifying.tell_of_failure(message, said.fails.code, said.fails.message, said.fails.details)
        else:
            notifying.tell_of_statuses(message)
    return said, message


def _aside(body: Json) -> Aside:
    callback = optional(body, "biz_opaque_callback_data", "biz_opaque_callback_data", CALLBACK_LIMIT)
    if "context" not in body:
        return Aside(quoted="", callback=callback)
    context = objects(body["context"], "context")
    only(context, ("message_id",), "context")
    quoted = optional(context, "message_id", "context['message_id']", WAMID_LIMIT)
    if not quoted:
        raise refusals_of_messages.missing_parameter("context['message_id']")
    return Aside(quoted=quoted, callback=callback)


def _require_welcome(to: Recipient, body: Json) -> None:
    if to.number.blocks.filter(person=to.person).exists():
        raise refusals_of_messages.blocked()
    wanted = body.get("recipient_identity_key_hash")
    if wanted is not None and wanted != identity_of(to.person):
        raise refusals_of_messages.identity_changed()


def _keep(chat: SimulatedChat, said: Said, aside: Aside) -> SimulatedMessage:
    SimulatedChat.objects.filter(pk=chat.pk).update(typing_until=None)
    return SimulatedMessage.objects.create(
        chat=chat,
        number=chat.number,
        author=Author.NUMBER,
        wamid=new_wamid(),
        type=said.type,
        text=said.text,
        template=said.template,
        content=dict(said.content),
        quoted=aside.quoted if _is_quoted(chat, said, aside) else "",
        callback=aside.callback,
    )


def _is_quoted(chat: SimulatedChat, said: Said, aside: Aside) -> bool:
    """Whether there is a bubble above the words: none stands above a template, and no message of long ago in one."""
    recent = SimulatedMessage.objects.filter(chat=chat, created_at__gt=clock.now() - QUOTED_FOR)
    return not said.template and recent.filter(wamid=aside.quoted).exists()


def _accepted(contact: Json, wamid: str, *, is_template: bool = False) -> Json:
    message = {"id": wamid} | ({"message_status": "accepted"} if is_template else {})
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}
