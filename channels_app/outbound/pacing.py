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

from channels_app.models import Conversation

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
    """At most `per_second` messages within any second: one after the other, or a few at once where it takes many."""
    burst = max(1, per_second // 80)
    return Bucket(f"number:{channel_id}", 1 / max(1, per_second - burst), burst)


def of_pair(conversation_id: UUID) -> Bucket:
    return Bucket(f"pair:{conversation_id}", PAIR_INTERVAL, PAIR_BURST)


def of_conversation(conversation: Conversation) -> tuple[Bucket, Bucket]:
    """What a message to this person takes from."""
    channel = conversation.channel
    return of_number(channel.pk, channel.throughput), of_pair(conversation.pk)


@dataclass(frozen=True, slots=True)
class Place:
    """Seconds to wait. A place that is `booked` is ours when they are over; for another one has to ask again then."""

    wait: float
    booked: bool


class Pace(Protocol):
    def book(self, buckets: tuple[Bucket, ...], ahead: float, keep: int) -> Place: ...

    def slow(self, bucket: Bucket, seconds: float) -> None: ...


def take(*buckets: Bucket, keep: int = 0) -> float:
    """Take one from each of `buckets`, or from none: gives 0, or the seconds to wait before asking again.

    With `keep` that many are left to others, by taking of what nobody took before: for what may be left out.
    """
    return book(*buckets, keep=keep).wait


def book(*buckets: Bucket, ahead: float = 0.0, keep: int = 0) -> Place:
    """Take one from each of `buckets` now, or one that is there within `ahead` seconds; else from none."""
    try:
        return _pace().book(buckets, ahead, keep)
    except redis.RedisError as exc:
        log.warning("pace_unreachable", error=type(exc).__name__)
        return Place(UNREACHABLE, booked=False)


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

    def book(self, buckets: tuple[Bucket, ...], ahead: float, keep: int) -> Place:
        with self._lock:
            now = self._clock()
            full = [self._full_at.get(bucket.key, 0.0) for bucket in buckets]
            waits = [at - now - b.interval * (b.burst - 1 - keep) for b, at in zip(buckets, full, strict=True)]
            wait = max(0.0, *waits)
            if wait > ahead:
                return Place(wait, booked=False)
            self._full_at |= {
                b.key: max(at, now - keep * b.interval) + b.interval for b, at in zip(buckets, full, strict=True)
            }
            if len(self._full_at) > 50_000:
                self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            return Place(wait, booked=True)

    def slow(self, bucket: Bucket, seconds: float) -> None:
        with self._lock:
            free_at = self._clock() + seconds + bucket.interval * (bucket.burst - 1)
            self._full_at[bucket.key] = max(self._full_at.get(bucket.key, 0.0), free_at)


BOOK = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local ahead, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local full, wait = {}, 0
for i, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[i * 2 + 1]), tonumber(ARGV[i * 2 + 2])
  full[i] = tonumber(redis.call('GET', key) or 0)
  wait = math.max(wait, full[i] - now - interval * (burst - 1 - keep))
end
if wait > ahead then return {0, tostring(wait)} end
for i, key in ipairs(KEYS) do
  local interval = tonumber(ARGV[i * 2 + 1])
  local at = math.max(full[i], now - keep * interval) + interval
  redis.call('SET', key, string.format('%.6f', at), 'PX', math.ceil((at - now) * 1000) + 1000)
end
return {1, tostring(wait)}
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
        self._book = client.register_script(BOOK)
        self._slow = client.register_script(SLOW)

    def book(self, buckets: tuple[Bucket, ...], ahead: float, keep: int) -> Place:
        rates = [value for bucket in buckets for value in (bucket.interval, bucket.burst)]
        keys = [self._prefix + bucket.key for bucket in buckets]
        booked, wait = cast(tuple[int, bytes], self._book(keys=keys, args=[ahead, keep, *rates]))
        return Place(float(wait), booked=bool(booked))

    def slow(self, bucket: Bucket, seconds: float) -> None:
        wait = seconds + bucket.interval * (bucket.burst - 1)
        self._slow(keys=[self._prefix + bucket.key], args=[wait])


@cache
def _pace() -> Pace:
    if not settings.REDIS_URL:
        return MemoryPace()
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1.0)
    return RedisPace(client, f"{settings.REDIS_KEY_PREFIX}pace:")
