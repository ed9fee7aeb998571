"""Several writes as one: a single statement where the database can do that, a transaction where it cannot.

Writes of one shape have the same words, put together once: to have the ORM build them anew costs more than to run them,
and the database, too, plans what it knows already only once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, cast

from django.db import DataError, connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.sql import UpdateQuery
from psycopg.types.json import Jsonb

Model = type[models.Model]


class NothingDone(Exception):
    """The guard met no row: nothing was written at all."""


@dataclass(frozen=True, slots=True)
class Write:
    """One INSERT or UPDATE, ready to be run."""

    sql: str
    params: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sql:
    """What a column is set to, as an expression of ours: nobody's values are in it."""

    text: str


def inserting(rows: Sequence[models.Model]) -> list[Write]:
    """Writes that insert `rows`, all of one model; none for no rows."""
    if not rows:
        return []
    model = type(rows[0])
    columns = [[_value(field, field.pre_save(row, True)) for row in rows] for field in _fields(model)]
    if connection.vendor == "postgresql" and len(rows) > 1:
        return [Write(_insert_lists(model), tuple(columns))]
    values = list(zip(*columns, strict=True))
    at_once = max(1, (connection.features.max_query_params or len(rows) * len(columns)) // len(columns))
    parts = (values[start : start + at_once] for start in range(0, len(values), at_once))
    return [Write(_insert(model, len(part)), tuple(chain.from_iterable(part))) for part in parts]


def changing(model: Model, where: Mapping[str, object], **changes: object) -> Write:
    """The write that sets `changes` in the rows whose fields are equal to `where`, or to one of a list there."""
    words = tuple((name, value.text if isinstance(value, Sql) else "%s") for name, value in changes.items())
    lists = tuple((name, len(value) if isinstance(value, list) else None) for name, value in where.items())
    values = [_named(model, name, value) for name, value in changes.items() if not isinstance(value, Sql)]
    for name, value in where.items():
        values += _one_of(model, name, value) if isinstance(value, list) else [_named(model, name, value)]
    return Write(_update(model, words, lists), tuple(values))


def updating(rows: models.QuerySet[Any], **changes: Any) -> Write:
    """The write that `rows.update(**changes)` would do, put together anew each time."""
    query = cast(UpdateQuery, rows.query.chain(UpdateQuery))
    query.add_update_values(changes)
    query.annotations = {}
    sql, params = query.get_compiler(using="default").as_sql()
    return Write(sql, tuple(params))


def changing_each(model: Model, rows: Mapping[object, Mapping[str, object]]) -> list[Write]:
    """Writes that change rows, named by their primary keys, each to values of its own in the same fields."""
    if connection.vendor != "postgresql" or len(rows) < 2:
        return [changing(model, {"pk": pk}, **changes) for pk, changes in rows.items()]
    names = tuple(next(iter(rows.values())))
    columns = [[_named(model, name, changes[name]) for changes in rows.values()] for name in names]
    return [Write(_update_each(model, names), (list(rows), *columns))]


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


def planned() -> CursorWrapper:
    """A cursor for statements whose words come again and again, where the database backend has one."""
    make: Callable[[], CursorWrapper] = getattr(connection, "planned_cursor", connection.cursor)
    return make()


def _in_one_statement(writes: Sequence[Write], guarded: bool) -> list[int]:
    """A WITH of all of them. A guard that met nothing divides by zero, which undoes the statement."""
    try:
        with planned() as cursor:
            cursor.execute(
                _combined(tuple(each.sql for each in writes), guarded),
                [param for each in writes for param in each.params],
            )
            return list(cursor.fetchone())
    except DataError as exc:
        if guarded and "division by zero" in str(exc):
            raise NothingDone from None
        raise


@lru_cache(256)
def _combined(statements: tuple[str, ...], guarded: bool) -> str:
    parts = ", ".join(f"w{place} AS ({sql} RETURNING 1)" for place, sql in enumerate(statements))
    counts = [f"(SELECT count(*) FROM w{place})" for place in range(len(statements))]  # noqa: S608
    if guarded:
        counts[0] += f" / least({counts[0]}, 1)"
    return f"WITH {parts} SELECT {', '.join(counts)}"


@lru_cache
def _fields(model: Model) -> list[Any]:
    """What is written of a new row: everything but an id that the database makes."""
    return [
        field for field in model._meta.concrete_fields if not (field.generated or isinstance(field, models.AutoField))
    ]


PLAIN = frozenset(
    {
        *(models.AutoField, models.BigAutoField, models.BigIntegerField, models.BooleanField, models.CharField),
        *(models.DateTimeField, models.ForeignKey, models.IntegerField, models.JSONField, models.OneToOneField),
        *(models.PositiveIntegerField, models.PositiveSmallIntegerField, models.SmallIntegerField),
        *(models.TextField, models.UUIDField),
    }
)
"""What PostgreSQL's driver takes as it is, which spares Django's conversion of each value."""


def _value(field: Any, value: object) -> object:
    """As the driver takes it."""
    if connection.vendor != "postgresql" or type(field) not in PLAIN:
        return field.get_db_prep_save(value, connection)
    return Jsonb(value) if isinstance(value, dict | list) else value


def _named(model: Model, name: str, value: object) -> object:
    return _value(_field(model, name), value)


def _one_of(model: Model, name: str, values: list[object]) -> list[object]:
    if connection.vendor == "postgresql":
        return [values]
    return [_named(model, name, value) for value in values]


@lru_cache
def _field(model: Model, name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


@lru_cache(256)
def _update(model: Model, changes: tuple[tuple[str, str], ...], where: tuple[tuple[str, int | None], ...]) -> str:
    quote = connection.ops.quote_name
    sets = [f"{quote(_field(model, name).column)} = {word}" for name, word in changes]
    conditions = [f"{quote(_field(model, name).column)} {_equal_to(length)}" for name, length in where]
    return f"UPDATE {quote(model._meta.db_table)} SET {', '.join(sets)} WHERE {' AND '.join(conditions)}"  # noqa: S608


def _equal_to(length: int | None) -> str:
    if length is None:
        return "= %s"
    return "= ANY(%s)" if connection.vendor == "postgresql" else f"IN ({', '.join(['%s'] * length)})"


@lru_cache
def _update_each(model: Model, names: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    fields = [_field(model, name) for name in ("pk", *names)]
    lists = ", ".join(f"%s::{_type(field)}[]" for field in fields)
    columns = [quote(field.column) for field in fields]
    sets = ", ".join(f"{column} = new.{column}" for column in columns[1:])
    return (
        f"UPDATE {quote(model._meta.db_table)} AS old SET {sets} "  # noqa: S608
        f"FROM unnest({lists}) AS new({', '.join(columns)}) WHERE old.{columns[0]} = new.{columns[0]}"
    )


@lru_cache(256)
def _insert(model: Model, count: int) -> str:
    row = f"({', '.join(['%s'] * len(_fields(model)))})"
    return f"{_insert_into(model)} VALUES {', '.join([row] * count)}"


@lru_cache
def _insert_lists(model: Model) -> str:
    lists = ", ".join(f"%s::{_type(field)}[]" for field in _fields(model))
    return f"{_insert_into(model)} SELECT * FROM unnest({lists})"  # noqa: S608


def _insert_into(model: Model) -> str:
    quote = connection.ops.quote_name
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(f.column) for f in _fields(model))})"


def _type(field: Any) -> str:
    """What a list of its values is cast to: without a length, for a cast would cut what the column refuses."""
    return str(field.db_type(connection)).partition("(")[0]
