"""Several writes as one: a single statement where the database can do that, a transaction where it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db import DataError, connection, models, transaction
from django.db.models.sql import InsertQuery, UpdateQuery


class NothingDone(Exception):
    """The guard met no row: nothing was written at all."""


@dataclass(frozen=True, slots=True)
class Write:
    """One INSERT or UPDATE, ready to be run."""

    sql: str
    params: tuple[Any, ...]


def inserting(rows: Sequence[models.Model]) -> list[Write]:
    """Writes that insert `rows`, all of one model; none for no rows."""
    if not rows:
        return []
    model = type(rows[0])
    query = InsertQuery(model)
    query.insert_values([field for field in model._meta.concrete_fields if not field.generated], list(rows))
    return [Write(sql, tuple(params)) for sql, params in query.get_compiler(using="default").as_sql()]


def updating(rows: models.QuerySet[Any], **changes: Any) -> Write:
    """The write that `rows.update(**changes)` would do."""
    query = cast(UpdateQuery, rows.query.chain(UpdateQuery))
    query.add_update_values(changes)
    query.annotations = {}
    sql, params = query.get_compiler(using="default").as_sql()
    return Write(sql, tuple(params))


def write(writes: Sequence[Write], *, guarded: bool = False) -> list[int]:
    """Do all of `writes`, or none; gives how many rows each of them met.

    They see nothing of each other, and no row may be met by two of them. With `guarded` the first has to meet a row:
    raises `NothingDone` if it does not.
    """
    if not writes:
        return []
    if connection.vendor == "postgresql":
        return _in_one_statement(writes, guarded)
    with transaction.atomic(), connection.cursor() as cursor:
        counts = []
        for each in writes:
            cursor.execute(each.sql, each.params)
            counts.append(cursor.rowcount)
            if guarded and not counts[0]:
                raise NothingDone
        return counts


def _in_one_statement(writes: Sequence[Write], guarded: bool) -> list[int]:
    """A WITH of all of them. A guard that met nothing divides by zero, which undoes the statement."""
    parts = ", ".join(f"w{place} AS ({each.sql} RETURNING 1)" for place, each in enumerate(writes))
    met = "(SELECT count(*) FROM w{})"
    counts = [met.format(place) for place in range(len(writes))]
    if guarded:
        counts[0] += f" / least({counts[0]}, 1)"
    params = [param for each in writes for param in each.params]
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {parts} SELECT {', '.join(counts)}", params)
            return list(cursor.fetchone())
    except DataError as exc:
        if guarded and "division by zero" in str(exc):
            raise NothingDone from None
        raise
