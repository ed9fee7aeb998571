"""Posting: a notification is put where the postman finds it, as often and as late as the faults that are on want it."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from channels_app.models import Channel, Provider
from channels_app.simulator import accounts, faults
from channels_app.simulator.models import (
    Fault,
    SimulatedAccount,
    SimulatedChat,
    SimulatedFault,
    SimulatedMessage,
    SimulatedNumber,
    SimulatedWebhook,
)

ROUND = timedelta(seconds=2)
"""How long notifications gather that come in one body, or in the wrong order."""
COPY_AFTER = timedelta(milliseconds=500)
OF_ALL = frozenset({Fault.DEAF, Fault.DUPLICATED, Fault.REORDERED, Fault.BATCHED})
OF_STATUSES = frozenset({Fault.STATUSES_LOST, Fault.STATUSES_DELAYED})

Json = Mapping[str, Any]


def post(chat: SimulatedChat, change: Json, due_at: datetime, message: SimulatedMessage | None = None) -> None:
    """Have our webhook told of `change` in `chat`; once it has been, `message` is delivered."""
    on = _happening(chat.number, is_status="statuses" in change["value"])
    if on.keys() & {Fault.DEAF, Fault.STATUSES_LOST}:
        return
    if Fault.STATUSES_DELAYED in on:
        due_at += timedelta(seconds=on[Fault.STATUSES_DELAYED].seconds)
    if Fault.REORDERED in on:
        due_at = _mirrored(due_at)
    if Fault.BATCHED in on:
        due_at = _end_of_round(due_at)
    copies = [due_at, due_at + COPY_AFTER] if Fault.DUPLICATED in on else [due_at]
    body = as_meta_writes(_notification(chat.number.account, [change]))
    for provider in _signers(chat.number):
        for moment in copies:
            SimulatedWebhook.objects.create(
                provider=provider,
                chat=chat,
                message=message,
                field=change["field"],
                body=body,
                due_at=moment,
                may_join=Fault.BATCHED in on,
            )


def post_of_account(account: SimulatedAccount, change: Json, at: datetime) -> None:
    """Have our webhook told of a `change` of the account itself, which no fault of a number concerns."""
    if account.is_subscribed:
        body = as_meta_writes(_notification(account, [change], time=int(at.timestamp())))
        for provider in accounts.providers_of(account):
            SimulatedWebhook.objects.create(provider=provider, field=change["field"], body=body, due_at=at)


def joined(bodies: Iterable[bytes]) -> bytes:
    """One notification of all that stands in `bodies`: people of one number share a change, and stand in any order."""
    entries: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for body in bodies:
        for entry in json.loads(body)["entry"]:
            changes = entries.setdefault(entry["id"], {})
            for change in entry["changes"]:
                kind = "statuses" if "statuses" in change["value"] else "messages"
                key = (kind, change["value"]["metadata"]["phone_number_id"])
                changes[key] = _both(changes[key], change) if key in changes else change
    whole = [{"id": waba_id, "changes": list(changes.values())} for waba_id, changes in entries.items()]
    return as_meta_writes({"object": "whatsapp_business_account", "entry": whole})


def as_meta_writes(notification: Json) -> bytes:
    """The bytes that are signed: what is not ASCII is escaped, in lowercase, and so are slashes, <, % and @."""
    body = json.dumps(notification, separators=(",", ":")).replace("/", "\\/")
    return body.replace("<", "\\u003c").replace("%", "\\u0025").replace("@", "\\u0040").encode()


def _happening(number: SimulatedNumber, *, is_status: bool) -> dict[Fault, SimulatedFault]:
    """What goes wrong with this webhook; each is counted where it happens so many times alone."""
    kinds = OF_ALL | OF_STATUSES if is_status else OF_ALL
    return {kind: row for kind, row in faults.on(number).items() if kind in kinds and faults.happens(row)}


def _notification(account: SimulatedAccount, changes: list[Json], **more: int) -> Json:
    return {"object": "whatsapp_business_account", "entry": [{"id": account.waba_id, **more, "changes": changes}]}


def _both(change: Json, other: Json) -> dict[str, Any]:
    one, two = change["value"], other["value"]
    contacts = [contact for contact in two.get("contacts", []) if contact not in one.get("contacts", [])]
    merged = {name: one.get(name, []) + two.get(name, []) for name in ("messages", "statuses") if name in one}
    people = {"contacts": contacts + one.get("contacts", [])}
    return {"value": {**one, **{name: rows for name, rows in people.items() if rows}, **merged}, "field": "messages"}


def _mirrored(moment: datetime) -> datetime:
    """Whatever would be first of a round is its last, once the round has ended."""
    end = _end_of_round(moment)
    return end + (end - moment) / 4


def _end_of_round(moment: datetime) -> datetime:
    rounds = (moment - datetime.min.replace(tzinfo=UTC)) // ROUND
    return datetime.min.replace(tzinfo=UTC) + (rounds + 1) * ROUND


def _signers(number: SimulatedNumber) -> list[Provider]:
    """Whose app gets what comes for `number`: that of its channel, or else every app of the account."""
    if not number.account.is_subscribed:
        return []
    providers = accounts.providers_of(number.account)
    bound = Channel.objects.filter(phone_number_id=number.phone_number_id, is_active=True)
    provider_id = bound.values_list("provider", flat=True).first()
    return [provider for provider in providers if provider.pk == provider_id] or providers
