"""The pool outlives a restart of PostgreSQL."""

import psycopg
import pytest
from django.db import connection, connections

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
