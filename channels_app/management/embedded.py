"""The worker and the clock as threads of this very process, for where one process is all there is."""

from threading import Thread
from typing import Any

from celery import current_app
from celery.beat import EmbeddedService

from channels_app import tasks

TASKS_AT_ONCE = 4


class Workers:
    """A Celery worker and its beat on the memory broker, which reaches no farther than this process."""

    def __init__(self) -> None:
        self._worker: Any = current_app.WorkController(
            pool="threads",
            concurrency=TASKS_AT_ONCE,
            hostname="demo@localhost",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._beat: Any = EmbeddedService(current_app, thread=True, scheduler_cls=current_app.conf.beat_scheduler)
        self._thread = Thread(target=self._worker.start, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._beat.start()

    def stop(self, seconds: float) -> None:
        """Take nothing new, and wait up to `seconds` for what is under way."""
        self._beat.service.stop()
        self._worker.stop()
        self._thread.join(seconds)
        tasks.crew.finish()
        tasks.porters.finish()
