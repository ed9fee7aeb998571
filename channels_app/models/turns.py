"""Turns: channels are served one after the other, however much waits on each; an index that begins with them helps."""

from collections.abc import Sequence
from uuid import UUID

from django.db import models

AT_ONCE = 64
"""How many channels are looked at in one go; the next look goes on behind them."""
FIRST = UUID(int=0)


class Round:
    """Where this process is on its way through the channels that have rows under a condition, on PostgreSQL."""

    def __init__(self, model: type[models.Model], condition: str) -> None:
        self.after = FIRST
        self.goes_on = False
        table = model._meta.db_table
        self.channels = f"""
            WITH RECURSIVE step AS (
                (SELECT channel_id FROM {table} WHERE {condition} AND channel_id > %s ORDER BY channel_id LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT row.channel_id FROM {table} AS row WHERE {condition} AND row.channel_id > step.channel_id
                    ORDER BY row.channel_id LIMIT 1
                ) FROM step WHERE step.channel_id IS NOT NULL
            ), channel AS (SELECT channel_id FROM step WHERE channel_id IS NOT NULL LIMIT {AT_ONCE})
        """  # noqa: S608 - nothing but our own names is in it

    def stopped_after(self, channels: Sequence[UUID]) -> None:
        """These were looked at: the next look goes on behind them, or begins again where there were no more."""
        self.goes_on = len(channels) == AT_ONCE
        self.after = channels[-1] if self.goes_on else FIRST
