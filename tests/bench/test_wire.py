"""The wire counts what PostgreSQL is asked to run, however it is asked."""

import psycopg
import pytest

from bench import wire
from tests.processes.ground import Database

pytestmark = pytest.mark.postgres


def test_each_statement_counts_once_for_each_time_it_is_run() -> None:
    database = Database.of_settings("postgres")
    with wire.counting(database.host, database.port) as (port, count):
        url = f"{database.through(port).url}?sslmode=disable"
        with psycopg.connect(url, autocommit=True) as connection:
            assert connection.execute("SELECT 'it''s', 7").fetchall() == [("it's", 7)]
            for place in range(8):  # psycopg prepares it at the sixth time
                assert connection.execute("SELECT %s::int", [place]).fetchall() == [(place,)]
            with connection.transaction():
                connection.execute("SELECT 1", prepare=True)
            with psycopg.ClientCursor(connection) as cursor:
                cursor.execute("SELECT  %s,\n 2.5", ["a"])
    assert count.statements == {
        "SELECT ?, ?": 2,
        "SELECT ?::int": 8,
        "BEGIN": 1,
        "COMMIT": 1,
        "SELECT ?": 1,
    }
    assert count.total == 13


def test_a_client_that_asks_for_tls_first_is_understood() -> None:
    database = Database.of_settings("postgres")
    with wire.counting(database.host, database.port) as (port, count):
        with psycopg.connect(f"{database.through(port).url}?sslmode=prefer", autocommit=True) as connection:
            encrypted = connection.pgconn.ssl_in_use
            connection.execute("SELECT 5")
        if encrypted:
            pytest.skip("This PostgreSQL speaks TLS")
    assert count.statements == {"SELECT ?": 1}
