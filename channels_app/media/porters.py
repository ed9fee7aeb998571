"""Porters: the threads of this process that fetch files, so that those who work on mailboxes need not wait for any."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import structlog

from channels_app.media import fetching
from channels_app.models.holding import DATABASE_TROUBLE, let_go

log = structlog.get_logger(__name__)


class Porters:
    """Up to `size` threads. `fetched` is told of each file that came; nothing new is begun once `stopping` is set."""

    def __init__(self, size: int, stopping: Event, fetched: Callable[[], object]) -> None:
        self._size = size
        self._stopping = stopping
        self._fetched = fetched
        self._lock = Lock()
        self._at_work = 0
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="porter")

    def wake(self) -> None:
        """Files are due: one more porter looks for them, unless all are at work and will find them."""
        with self._lock:
            if self._at_work >= self._size or self._stopping.is_set():
                return
            self._at_work += 1
        self._threads.submit(self._work)

    def finish(self) -> None:
        """Begin nothing new, and wait for the files that are on their way."""
        self._threads.shutdown(cancel_futures=True)

    def _work(self) -> None:
        try:
            while not self._stopping.is_set() and fetching.fetch_next():
                self._fetched()
                if fetching.are_waiting():
                    self.wake()
        except DATABASE_TROUBLE as exc:
            log.warning("interrupted", error=type(exc).__name__, detail=str(exc)[:200])
        except Exception:
            log.exception("file_failed")
        finally:
            let_go()
            with self._lock:
                self._at_work -= 1
