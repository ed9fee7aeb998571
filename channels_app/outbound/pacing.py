"""Pacing: no number is faster than Meta lets it, and no pair of number and recipient.

Token buckets as GCRA (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm), shared by all workers through Redis,
or kept in memory where one process is all there is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from time import time
from typing import Protocol, cast
from uuid import UUID

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

PAIR_INTERVAL = 6.0
PAIR_BURST = 45
"""One message in 6 s to one person, and up to 45 at once, borrowed from the future (Meta: pair rate limits)."""
UNREACHABLE = 1.0
"""Seconds after which a send asks again while Redis cannot be reached."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One message in each `interval` seconds, and up to `burst` at once."""

    key: str
    interval: float
    burst: int


def of_number(channel_id: UUID, per_second: int) -> Bucket:
    """At most `per_second` messages within any second: a few at once, and the rest evenly."""
    burst = max(2, per_second // 40)
    return Bucket(f"number:{channel_id}", 1 / (per_second - burst), burst)


def of_pair(conversation_id: UUID) -> Bucket:
    return Bucket(f"pair:{conversation_id}", PAIR_INTERVAL, PAIR_BURST)


class Pace(Protocol):
    def take(self, buckets: tuple[Bucket, ...], keep: int) -> float: ...

    def slow(self, bucket: Bucket, seconds: float) -> None: ...


def take(*buckets: Bucket, keep: int = 0) -> float:
    """Take one from each of `buckets`, or from none: gives 0, or the seconds to wait before asking again.

    With `keep` that many are left to others: for what may be left out when it is short.
    """
    try:
        return _pace().take(buckets, keep)
    except redis.RedisError as exc:
        log.warning("pace_unreachable", error=type(exc).__name__)
        return UNREACHABLE


def slow(bucket: Bucket, seconds: float) -> None:
    """Meta says that we are too fast: nothing goes from this bucket for `seconds`."""
    try:
        _pace().slow(bucket, seconds)
    except redis.RedisError as exc:
        log.warning("pace_unreachable", error=type(exc).__name__)


class MemoryPace:
    """The buckets of one process."""

    def __init__(self, clock: Callable[[], float] = time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._full_at: dict[str, float] = {}

    def take(self, buckets: tuple[Bucket, ...], keep: int) -> float:
        with self._lock:
            now = self._clock()
            full = [max(self._full_at.get(bucket.key, now), now) for bucket in buckets]
            waits = [
                at - now - bucket.interval * (bucket.burst - 1 - keep) for bucket, at in zip(buckets, full, strict=True)
            ]
            if max(waits) > 0:
                return max(waits)
            self._full_at |= {b.key: at + b.interval for b, at in zip(buckets, full, strict=True)}
            if len(self._full_at) > 50_000:
                self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            return 0.0

    def slow(self, bucket: Bucket, seconds: float) -> None:
        with self._lock:
            free_at = self._clock() + seconds + bucket.interval * (bucket.burst - 1)
            self._full_at[bucket.key] = max(self._full_at.get(bucket.key, 0.0), free_at)


TAKE = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local keep = tonumber(ARGV[1])
local full, wait = {}, 0
for i, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[i * 2]), tonumber(ARGV[i * 2 + 1])
  full[i] = math.max(tonumber(redis.call('GET', key) or now), now)
  wait = math.max(wait, full[i] - now - interval * (burst - 1 - keep))
end
if wait > 0 then return tostring(wait) end
for i, key in ipairs(KEYS) do
  local at = full[i] + tonumber(ARGV[i * 2])
  redis.call('SET', key, string.format('%.6f', at), 'PX', math.ceil((at - now) * 1000) + 1000)
end
return '0'
"""
SLOW = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now + tonumber(ARGV[1]))
redis.call('SET', KEYS[1], string.format('%.6f', at), 'PX', math.ceil((at - now) * 1000) + 1000)
"""


class RedisPace:
    """The buckets of an installation, by Redis' own clock."""

    def __init__(self, client: "redis.Redis", prefix: str) -> None:
        self._prefix = prefix
        self._take = client.register_script(TAKE)
        self._slow = client.register_script(SLOW)

    def take(self, buckets: tuple[Bucket, ...], keep: int) -> float:
        rates = [value for bucket in buckets for value in (bucket.interval, bucket.burst)]
        keys = [self._prefix + bucket.key for bucket in buckets]
        return float(cast(bytes, self._take(keys=keys, args=[keep, *rates])))

    def slow(self, bucket: Bucket, seconds: float) -> None:
        wait = seconds + bucket.interval * (bucket.burst - 1)
        self._slow(keys=[self._prefix + bucket.key], args=[wait])


@cache
def _pace() -> Pace:
    if not settings.REDIS_URL:
        return MemoryPace()
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1.0)
    return RedisPace(client, f"{settings.REDIS_KEY_PREFIX}pace:")
