"""What a run has put into a Redis that others may use."""

import redis
from django.conf import settings


def forget() -> None:
    """Take our keys away again."""
    if settings.REDIS_URL:
        with redis.Redis.from_url(settings.REDIS_URL) as server:
            for key in server.scan_iter(match=f"*{settings.REDIS_KEY_PREFIX}*", count=1000):
                server.delete(key)
