"""The shelf: notifications are kept by one statement, as many as came at once, each of their items once."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain
from threading import Lock
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from channels_app.gateways.base import Envelope
from channels_app.models import EventState, InboundEvent
from channels_app.models.holding import DATABASE_TROUBLE
from channels_app.models.together import planned

COLUMNS = (
    "key", "team_id", "provider_id", "channel_id", "kind", "field", "type", "phone_number_id", "external_id",
    "wa_id", "user_id", "in_group", "sent_at", "received_at", "raw", "contact", "state", "reason", "tries", "replaced",
)  # fmt: skip
ROWS_AT_ONCE = 500
FEW = 6
"""Rows up to which each value goes as a parameter of its own."""


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


class _Parcel:
    """What one notification brings, and what became of it: the kinds that are new, or an error."""

    def __init__(self, items: Sequence[Item], received_at: datetime) -> None:
        self.items = items
        self.received_at = received_at
        self.new: set[str] | None = None
        self.error: Exception | None = None

    @property
    def is_done(self) -> bool:
        return self.new is not None or self.error is not None


class _Counter:
    """Where notifications are handed in: whoever comes first writes for all who came meanwhile, in one transaction.

    A commit waits for the disk, so several requests that share one are faster than each by itself.
    """

    def __init__(self) -> None:
        self._waiting: deque[_Parcel] = deque()
        self._writing = Lock()

    def hand_in(self, parcel: _Parcel) -> set[str]:
        self._waiting.append(parcel)
        with self._writing:
            while not parcel.is_done:
                _write(self._next())
        if parcel.error is not None:
            raise parcel.error
        return parcel.new or set()

    def _next(self) -> list[_Parcel]:
        batch = [self._waiting.popleft()]
        rows = len(batch[0].items)
        while self._waiting and rows + len(self._waiting[0].items) <= ROWS_AT_ONCE:
            batch.append(self._waiting.popleft())
            rows += len(batch[-1].items)
        return batch


_counter = _Counter()


def keep(items: Sequence[Item], received_at: datetime) -> set[str]:
    """Store `items` for good, in one transaction; gives the kinds that are new in it.

    A repeat changes nothing, but for one: a message with content takes the place of an `unsupported` one.
    Raises whatever the database raises; then nothing was stored.
    """
    return _counter.hand_in(_Parcel(items, received_at))


def _write(batch: Sequence[_Parcel]) -> None:
    """All of `batch` at once; each for itself where something in it is refused, for only that shall be."""
    try:
        new = _store([(item, parcel.received_at) for parcel in batch for item in parcel.items])
    except Exception as exc:
        if len(batch) > 1 and not isinstance(exc, DATABASE_TROUBLE):
            for parcel in batch:
                _write([parcel])
            return
        for parcel in batch:
            parcel.error = exc
    else:
        for parcel in batch:
            parcel.new = new


def _store(rows: Sequence[tuple[Item, datetime]]) -> set[str]:
    once: dict[bytes, tuple[Item, datetime]] = {}
    for item, received_at in rows:
        if item.key not in once or once[item.key][0].envelope.type == "unsupported":
            once[item.key] = (item, received_at)
    values = list(once.values())
    if len(values) <= ROWS_AT_ONCE:
        return _insert(values)
    with transaction.atomic():
        parts = [values[start : start + ROWS_AT_ONCE] for start in range(0, len(values), ROWS_AT_ONCE)]
        return set().union(*map(_insert, parts))


def _insert(rows: Sequence[tuple[Item, datetime]]) -> set[str]:
    values = [_row(item, received_at) for item, received_at in rows]
    with planned() as cursor:
        if connection.vendor == "postgresql" and len(rows) > FEW:
            cursor.execute(_statement(_lists()), [*map(list, zip(*values, strict=True)), True])
        else:
            cursor.execute(_statement(_rows(len(rows))), [*chain.from_iterable(values), True])
        return {kind for (kind,) in cursor.fetchall()}


def _rows(count: int) -> str:
    row = f"({', '.join(['%s'] * len(COLUMNS))})"
    return f"VALUES {', '.join([row] * count)}"


@cache
def _lists() -> str:
    """Each column as one list: many rows are put together, and read, faster so."""
    types = {field.column: field.db_type(connection) for field in InboundEvent._meta.concrete_fields}
    lists = ", ".join(f"%s::{str(types[name]).partition('(')[0]}[]" for name in COLUMNS)
    return f"SELECT * FROM unnest({lists})"  # noqa: S608 - nothing but our own names is in it


@lru_cache(64)
def _statement(source: str) -> str:
    table = InboundEvent._meta.db_table
    kept = ("type", "raw", "contact", "state", "reason", "sent_at", "received_at", "wa_id", "user_id")
    replacing = ", ".join(f"{name} = excluded.{name}" for name in kept)
    return f"""
        INSERT INTO {table} ({", ".join(COLUMNS)}) {source}
        ON CONFLICT (key) DO UPDATE SET {replacing}, replaced = %s
        WHERE {table}.kind = 'message' AND {table}.type = 'unsupported' AND excluded.type <> 'unsupported'
        RETURNING kind
    """


def _row(item: Item, received_at: datetime) -> tuple[Any, ...]:
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
