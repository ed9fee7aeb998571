"""Alarms: waking up when something becomes due a little later. Lost with the process, and then found by the sweep."""

import heapq
from collections.abc import Callable
from datetime import datetime
from threading import Condition, Thread

from channels_app import clock

SWEPT_ANYWAY = 60.0
"""Seconds from now past which nobody sets an alarm: the sweep looks more often than that."""
CLOSEST = 0.005


class Alarm:
    """Calls `wake` when a moment comes that it was set to; moments that lie close together are one."""

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._changed = Condition()
        self._moments: list[float] = []
        self._thread: Thread | None = None

    def set(self, moment: datetime) -> None:
        seconds = moment.timestamp()
        if seconds - clock.now().timestamp() > SWEPT_ANYWAY:
            return
        with self._changed:
            heapq.heappush(self._moments, seconds)
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._keep, name="alarm", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _keep(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._moments)
                left = self._moments[0] - clock.now().timestamp()
                if left > 0:
                    self._changed.wait(left)
                    continue
                while self._moments and self._moments[0] <= clock.now().timestamp() + CLOSEST:
                    heapq.heappop(self._moments)
            self._wake()
