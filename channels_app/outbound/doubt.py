"""Doubt: a message went out and no answer came. Only a status tells whether it was taken; how long to wait for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

PATIENCE = timedelta(seconds=60)
"""How long a status that proves it may take, where our webhook is known to hear."""
DEAF = timedelta(minutes=15)
"""How long we wait where nothing comes at all: our webhook may be deaf."""


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime
    unconfirmed: bool


class Resend:
    """Nothing proves it: once more."""


class Despair:
    """It was unknown twice: not a third time."""


Resolution = Wait | Resend | Despair


def resolve(tried_at: list[datetime], heard_at: datetime | None, now: datetime) -> Resolution:
    """What to do about a message whose attempts at `tried_at` all had an unknown outcome.

    `heard_at` says when the number last had a webhook, of whatever message, either way.
    """
    latest = max(tried_at)
    if now < latest + PATIENCE:
        return Wait(latest + PATIENCE, unconfirmed=False)
    hears = heard_at is not None and heard_at > latest
    if not hears and now < latest + DEAF:
        return Wait(min(latest + DEAF, now + PATIENCE), unconfirmed=True)
    return Despair() if len(tried_at) > 1 else Resend()
