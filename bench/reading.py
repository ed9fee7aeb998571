"""What somebody reads in a team that has been busy for a month: stored turns get moments, names and ends."""

from typing import Any

from django.db import connection

from channels_app.teams import founding

DAYS = 30
FAILED_ONE_IN = 200

NUMBER = "('x' || right({id}::text, 12))::bit(48)::bigint"
"""The turn that a stored row was made of."""
MOMENT = f"({{now}} - ({{turns}} - 1 - {NUMBER}) * {{step}} + {{after}})"
"""When it was, in milliseconds: the turns are spread evenly, and the last was just now."""
NEW_ID = (
    f"(substr(lpad(to_hex({MOMENT}), 12, '0'), 1, 8) || '-' || substr(lpad(to_hex({MOMENT}), 12, '0'), 9, 4)"
    f" || '-7000-8000-' || right({{id}}::text, 12))::uuid"
)
THEIRS, OURS = 0, 3000
"""Answers went out three seconds later."""


def prepare(turns: int, now: int, team: str, email: str, password: str) -> None:
    """Spread `turns` stored turns over a month up to `now` (in milliseconds), and let an owner in."""
    founding.found(team, email, password)
    about = {"now": now - OURS, "turns": turns, "step": DAYS * 24 * 3600 * 1000 // turns}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # messages and attempts change their ids together
        _spread_attempts(cursor, about)
        for direction, after in (("inbound", THEIRS), ("outbound", OURS)):
            _spread_messages(cursor, direction, about | {"after": after})
        cursor.execute("RESET session_replication_role")
        _name(cursor)
        _catch_up(cursor, now)
        cursor.execute("VACUUM (ANALYZE)")


def _spread_messages(cursor: Any, direction: str, about: dict[str, int]) -> None:
    new, moment = NEW_ID.format(id="id", **about), MOMENT.format(id="id", **about)
    failed = f"direction = 'outbound' AND {NUMBER.format(id='id')} % {FAILED_ONE_IN} = 0"
    cursor.execute(
        f"""
        UPDATE channels_app_message SET
            id = {new},
            created_at = to_timestamp({moment} / 1000.0),
            sent_at = CASE WHEN direction = 'outbound' THEN to_timestamp({moment} / 1000.0) END,
            status = CASE WHEN {failed} THEN 'failed' WHEN direction = 'outbound' THEN 'read' ELSE status END,
            error = CASE WHEN {failed} THEN '{{"code": 131026, "title": "It could not be delivered"}}'::jsonb END
        WHERE direction = '{direction}'
        """
    )


def _spread_attempts(cursor: Any, about: dict[str, int]) -> None:
    new = NEW_ID.format(id="message_id", **about, after=OURS)
    cursor.execute(f"UPDATE channels_app_attempt SET message_id = {new}")


def _name(cursor: Any) -> None:
    cursor.execute("UPDATE channels_app_participant SET name = 'Person ' || wa_id")


def _catch_up(cursor: Any, now: int) -> None:
    """Each conversation knows when it was last written in, and how long its window is open."""
    cursor.execute(
        f"""
        UPDATE channels_app_conversation SET
            last_message_at = last.at,
            service_window_expires_at = last.at + interval '24 hours',
            waiting_since = CASE WHEN last.at > to_timestamp({now} / 1000.0) - interval '1 hour' THEN last.at END
        FROM (SELECT conversation_id, max(created_at) AS at FROM channels_app_message GROUP BY 1) AS last
        WHERE id = last.conversation_id
        """
    )
