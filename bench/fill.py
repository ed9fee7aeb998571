"""Stored turns by the million: one is made as the product makes rows, and the database multiplies it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, models

from bench.meta.bodies import phone_number_id, waba_id
from channels_app import clock
from channels_app.models import (
    Attempt,
    Channel,
    Conversation,
    Delivery,
    Direction,
    EventState,
    InboundEvent,
    Message,
    Outcome,
    Participant,
    Source,
    Status,
)

FILLED = (Participant, Conversation, InboundEvent, Message, Delivery, Attempt)
AT_ONCE = 250_000
RAW = b'{"from":"155500000000","id":"wamid.stored","timestamp":"1700000000","type":"text","text":{"body":"Hello"}}'
PLACE = "JOIN filled ON filled.number = n % {numbers}"
"""The channel of turn `n`."""


def store(turns: int, numbers: int, people: int) -> None:
    """`turns`, each a message and the answer to it, spread over `numbers` channels as `Mail` spreads its items."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # every key is right by the way it is made
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(
            f"""
            CREATE TEMP TABLE filled AS
            SELECT phone_number_id::bigint - {phone_number_id(0)} AS number, channel.id, channel.team_id, provider_id,
                   portfolio
            FROM channels_app_channel AS channel JOIN channels_app_provider AS provider ON provider.id = provider_id
            """
        )
    with _without_indexes():
        _people(numbers, people)
        _turns(turns, numbers, people)
    with connection.cursor() as cursor:
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM (ANALYZE)")


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Indexes that no constraint needs are dropped meanwhile, for each is made faster than it grows."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = ANY (%s::regclass[]) AND NOT indisunique
            """,
            [[model._meta.db_table for model in FILLED]],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            cursor.execute(definition)


def _people(numbers: int, people: int) -> None:
    channel = Channel.objects.select_related("provider").get(phone_number_id=phone_number_id(0))
    someone = Participant(team_id=channel.team_id, portfolio=f"waba:{waba_id(0)}", wa_id="1", name="Sheena Nelson")
    place = f"JOIN filled ON filled.number = n / {people}"
    whose = {"team_id": "filled.team_id"}
    _multiply(
        someone,
        {
            "id": _uuid("01900003"),
            "portfolio": "filled.portfolio",
            "wa_id": "'1555' || lpad(n::text, 8, '0')",
            "user_id": f"'US.' || ({10**19} + n)",
            **whose,
        },
        numbers * people,
        place,
    )
    talk = Conversation(team_id=channel.team_id, channel=channel, participant=someone, last_message_at=clock.now())
    _multiply(
        talk,
        {"id": _uuid("01900002"), "channel_id": "filled.id", "participant_id": _uuid("01900003"), **whose},
        numbers * people,
        place,
    )


def _turns(turns: int, numbers: int, people: int) -> None:
    channel, now = Channel.objects.get(phone_number_id=phone_number_id(0)), clock.now()
    team, place = channel.team_id, PLACE.format(numbers=numbers)
    person = f"(n % {numbers} * {people} + n / {numbers} % {people})"
    talk = {"conversation_id": _uuid("01900002", person), "team_id": "filled.team_id"}
    event = InboundEvent(
        key=b"",
        team_id=team,
        provider_id=channel.provider_id,
        kind="message",
        field="messages",
        type="text",
        external_id="",
        wa_id="",
        received_at=now,
        raw=RAW,
        state=EventState.DONE,
    )
    events = {
        "id": "n + 1",
        "key": "decode(md5(n::text), 'hex')",
        "team_id": "filled.team_id",
        "provider_id": "filled.provider_id",
        "channel_id": "filled.id",
        "external_id": "'wamid.stored.' || n",
        "phone_number_id": f"({phone_number_id(0)} + filled.number)::text",
        "wa_id": f"'1555' || lpad({person}::text, 8, '0')",
    }
    _multiply(event, events, turns, place)
    theirs = Message(
        team_id=team, channel=channel, direction=Direction.INBOUND, type="text", text="Hello", status=Status.ANSWERED
    )
    where = {"channel_id": "filled.id", **talk}
    _multiply(
        theirs,
        {"id": _uuid("01900004"), "event_id": "n + 1", "wamid": "'wamid.stored.' || n", **where},
        turns,
        place,
    )
    delivery = Delivery(team_id=team, source=Source.BOT, reply={"text": "Hello"}, expires_at=now + timedelta(hours=4))
    _multiply(delivery, {"id": _uuid("01900005"), **talk}, turns, place)
    wamid = "'wamid.out.' || lpad(n::text, 12, '0')"
    ours = Message(
        team_id=team,
        channel=channel,
        direction=Direction.OUTBOUND,
        type="text",
        text="Hello",
        status=Status.ACCEPTED,
        sent_as="text",
        sent_at=now,
    )
    answers = {"id": _uuid("01900000"), "delivery_id": _uuid("01900005"), "wamid": wamid, **where}
    _multiply(ours, answers, turns, place)
    attempt = Attempt(rung="text", outcome=Outcome.ACCEPTED, closed_at=now)
    _multiply(attempt, {"id": _uuid("01900001"), "message_id": _uuid("01900000"), "wamid": wamid}, turns, "")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{InboundEvent._meta.db_table}', 'id'), {turns + 1}, false)"
        )


def _uuid(beginning: str, number: str = "n") -> str:
    """The id that `bodies` makes of the same number."""
    return f"('{beginning}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def _multiply(row: models.Model, made: dict[str, str], count: int, place: str) -> None:
    """Insert `row` `count` times, for n from 0, each with what `made` says of its columns in SQL."""
    columns, values, params = [], [], []
    for field in row._meta.concrete_fields:
        columns.append(f'"{field.column}"')
        if field.column in made:
            values.append(made[field.column])
        else:
            values.append(f"%s::{field.db_type(connection)}")
            params.append(field.get_db_prep_save(getattr(row, field.attname), connection))
    statement = (
        f"INSERT INTO {row._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM generate_series(%s::bigint, %s::bigint) AS n {place}"
    )
    with connection.cursor() as cursor:
        for first in range(0, count, AT_ONCE):
            last = min(first + AT_ONCE, count) - 1
            cursor.execute(statement.replace(" % ", " %% "), [*params, first, last])
