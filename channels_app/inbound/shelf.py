"""The shelf: a whole notification is kept by one statement, each of its items once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from channels_app.gateways.base import Envelope
from channels_app.models import EventState, InboundEvent

COLUMNS = (
    "key", "team_id", "provider_id", "channel_id", "kind", "field", "type", "phone_number_id", "external_id",
    "wa_id", "user_id", "in_group", "sent_at", "received_at", "raw", "contact", "state", "reason", "tries", "replaced",
)  # fmt: skip
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An envelope, and the row that its taker makes of it."""

    envelope: Envelope
    key: bytes
    team_id: UUID
    provider_id: UUID
    channel_id: UUID | None
    phone_number_id: str
    state: EventState


def keep(items: Sequence[Item], received_at: datetime) -> set[str]:
    """Store `items` for good, in one transaction; gives the kinds among those that were not there yet.

    A repeat changes nothing, but for one: a message with content takes the place of an `unsupported` one.
    Raises whatever the database raises; then nothing was stored.
    """
    if len(items) <= ROWS_AT_ONCE:
        return _insert(items, received_at)
    with transaction.atomic():
        parts = [items[start : start + ROWS_AT_ONCE] for start in range(0, len(items), ROWS_AT_ONCE)]
        return set().union(*(_insert(part, received_at) for part in parts))


def _insert(items: Sequence[Item], received_at: datetime) -> set[str]:
    table = InboundEvent._meta.db_table
    row = f"({', '.join(['%s'] * len(COLUMNS))})"
    kept = ("type", "raw", "contact", "state", "reason", "sent_at", "received_at", "wa_id", "user_id")
    replacing = ", ".join(f"{name} = excluded.{name}" for name in kept)
    statement = f"""
        INSERT INTO {table} ({", ".join(COLUMNS)}) VALUES {", ".join([row] * len(items))}
        ON CONFLICT (key) DO UPDATE SET {replacing}, replaced = %s
        WHERE {table}.kind = 'message' AND {table}.type = 'unsupported' AND excluded.type <> 'unsupported'
        RETURNING kind
    """  # noqa: S608 - nothing but our own names is in it
    values: list[Any] = [*(value for item in items for value in _row(item, received_at)), True]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {kind for (kind,) in cursor.fetchall()}


def _row(item: Item, received_at: datetime) -> tuple[object, ...]:
    envelope = item.envelope
    adapt = connection.ops.adapt_datetimefield_value
    uuid = _plain_uuid if connection.vendor == "sqlite" else _same
    return (
        item.key, uuid(item.team_id), uuid(item.provider_id), uuid(item.channel_id), envelope.kind,
        _text(envelope.field, 60), _text(envelope.type, 60), _text(item.phone_number_id, 64),
        _text(envelope.external_id, 255), _text(envelope.sender.wa_id, 140), _text(envelope.sender.user_id, 140),
        envelope.group, adapt(envelope.sent_at), adapt(received_at), envelope.raw, envelope.contact, item.state.value,
        _text(envelope.reason, 255), 0, False,
    )  # fmt: skip


def _text(value: str | None, length: int) -> str:
    """What a column takes: PostgreSQL's text refuses NUL, and no encoding takes half a surrogate."""
    clean = (value or "").replace("\0", "")
    return clean.encode("utf-8", "replace").decode()[:length]


def _plain_uuid(value: UUID | None) -> str | None:
    return value.hex if value else None


def _same(value: UUID | None) -> UUID | None:
    return value
