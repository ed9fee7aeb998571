"""How much a key may ask: counted for each minute in the cache, and not at all while there is none."""

from math import ceil
from threading import Lock
from time import monotonic, time

import structlog
from django.conf import settings
from django.core.cache import cache
from redis import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from channels_app.teams.models import ApiKey

log = structlog.get_logger(__name__)

REQUESTS_A_MINUTE = 1500
MINUTE = 60
REST_AFTER_FAILURE = 5.0


class KeyThrottle(BaseThrottle):
    """`API_REQUESTS_A_MINUTE` of the settings, for each key and minute of the clock."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        return _count.up(str(request.auth.pk)) <= getattr(settings, "API_REQUESTS_A_MINUTE", REQUESTS_A_MINUTE)

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return float(max(1, ceil(MINUTE - time() % MINUTE)))


class _Count:
    """Counts in the cache; after a failure it rests a little, so that requests do not wait for a Redis that is away."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._resting_until = float("-inf")

    def up(self, name: str) -> int:
        """How many there were in this minute, this one included; 0 where nobody counts."""
        if monotonic() < self._resting_until:
            return 0
        key = f"api:{name}:{int(time() // MINUTE)}"
        try:
            return 1 if cache.add(key, 1, 2 * MINUTE) else cache.incr(key)
        except ValueError:
            return 1
        except (RedisError, OSError) as exc:
            with self._lock:
                self._resting_until = monotonic() + REST_AFTER_FAILURE
            log.warning("requests_not_counted", error=type(exc).__name__)
            return 0


_count = _Count()
