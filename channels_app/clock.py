"""What time it is, and ids that sort by it: the one place that says so, in step with the database's clock."""

import os
import uuid
from datetime import UTC, datetime, timedelta
from time import time

EPOCH = datetime.fromtimestamp(0, UTC)

_ahead = timedelta(0)


def now() -> datetime:
    """The present, in UTC, as all processes of an installation agree on it."""
    return datetime.fromtimestamp(time(), UTC) + _ahead


def follow(reference: datetime) -> None:
    """Take `reference`, the database's clock read just now, for the present from here on.

    Machines whose clocks differ then still agree about leases, windows and the order of a transcript.
    """
    global _ahead
    _ahead = reference - datetime.fromtimestamp(time(), UTC)


def from_meta(timestamp: object) -> datetime | None:
    """Meta's timestamp of an event: seconds or milliseconds, a string or a number; the future counts as now.

    `None` where it is no time at all.
    """
    try:
        seconds = float(str(timestamp))
        if seconds > 100_000_000_000:
            seconds /= 1000
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return min(moment, now()) if seconds > 0 else None


def uuid7() -> uuid.UUID:
    """A UUID version 7 (RFC 9562 §5.7): ids made later in one process sort later.

    Its 12 bits after the milliseconds carry the fraction of the millisecond (method 3 of §6.2).
    """
    milliseconds, rest = divmod(int(now().timestamp() * 1_000_000), 1000)
    fraction = rest * 4096 // 1000
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62
    return uuid.UUID(int=value | int.from_bytes(os.urandom(8)) >> 2)


def uuid7_at(moment: datetime) -> uuid.UUID:
    """What sorts before all ids that were made at `moment` or later, and behind all earlier ones."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def uuid7_behind(first: uuid.UUID, steps: int) -> uuid.UUID:
    """An id that sorts `steps` places right behind `first`, and before all that is made later."""
    return uuid.UUID(int=first.int + steps)
