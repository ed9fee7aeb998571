"""Holding on to rows and connections, and letting go of them."""

from typing import TypeVar

from django.db import InterfaceError, InternalError, OperationalError, connection, models

DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
"""What a database raises that is away, full, or read-only for the moment: never the fault of what is written."""

Row = TypeVar("Row", bound=models.Model)


def unclaimed(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """`rows` without those that another worker has hold of, held until the transaction ends.

    SQLite has one writer at a time, and nothing to skip.
    """
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def held(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """`rows`, held until the transaction ends; one that another worker has hold of is waited for: nobody overtakes.

    To be ordered, so that no two wait for each other.
    """
    if connection.features.has_select_for_update_of:
        return rows.select_for_update(no_key=True, of=("self",))
    return rows


def let_go() -> None:
    """Give the thread's connection back: there are more threads than connections, and this one is about to wait."""
    if not connection.in_atomic_block:
        connection.close()
