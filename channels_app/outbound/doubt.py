"""Doubt: a message went out and no answer came. Only a status tells whether it was taken; how long to wait for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

PATIENCE = timedelta(seconds=60)
"""How long a status that proves it may take, where statuses of other messages come."""
DEAF = timedelta(minutes=15)
"""How long we wait where none come at all: our webhook may be deaf."""


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime
    unconfirmed: bool


class Resend:
    """Nothing proves it: once more."""


class Despair:
    """It was unknown twice: not a third time."""


Resolution = Wait | Resend | Despair


def resolve(tried_at: list[datetime], last_status_at: datetime | None, now: datetime) -> Resolution:
    """What to do about a message whose attempts at `tried_at` all had an unknown outcome.

    `last_status_at` says when the number last had a status, of whatever message.
    """
    latest = max(tried_at)
    if now < latest + PATIENCE:
        return Wait(latest + PATIENCE, unconfirmed=False)
    hears = last_status_at is not None and last_status_at > latest
    if not hears and now < latest + DEAF:
        return Wait(min(latest + DEAF, now + PATIENCE), unconfirmed=True)
    return Despair() if len(tried_at) > 1 else Resend()
