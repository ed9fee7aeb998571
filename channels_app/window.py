"""The service window: until when we may write freely. Meta: 24 hours from the person's last message to us."""

from datetime import datetime, timedelta

LENGTH = timedelta(hours=24)
MARGIN = timedelta(seconds=60)
"""Meta's clock decides, so ours gives up a little earlier."""


def after(sent_at: datetime, now: datetime) -> datetime:
    """Until when a message that was sent at `sent_at` lets us write freely; one from the future counts as now."""
    return min(sent_at, now) + LENGTH - MARGIN


def is_open(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and now < expires_at
