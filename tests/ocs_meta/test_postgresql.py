"""The pool outlives a restart of PostgreSQL."""

import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction

from channels_app import patience

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    connection.close()  # back to the pool
    return int(pid)


def test_a_connection_that_the_server_closed_is_not_handed_out() -> None:
    used = {backend() for _ in range(3)}
    params = {key: value for key, value in connections["default"].get_connection_params().items() if key != "pool"}
    with psycopg.connect(**params, autocommit=True) as operator:
        for pid in used:
            operator.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
    assert backend() not in used


def test_a_statement_that_is_not_answered_in_time_is_given_up_with_its_connection() -> None:
    with pytest.raises(OperationalError, match="said nothing"), patience.within(0.2), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    connection.close()
    assert backend()


def test_what_a_statement_left_of_the_time_is_all_that_the_next_has() -> None:
    with patience.within(0.5), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.3)")
        with pytest.raises(OperationalError, match="said nothing"):
            cursor.execute("SELECT pg_sleep(60)")
    connection.close()


def test_a_transaction_that_is_given_up_can_be_begun_anew() -> None:
    with pytest.raises(OperationalError), patience.within(0.2), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
