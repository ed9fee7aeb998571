"""`manage.py worker`: threads that take the bells, and work the mailboxes they ring for."""

import logging
import os
import sys
import threading
from typing import Any

from celery import current_app
from celery.signals import worker_shutting_down
from django.conf import settings
from django.core.management.base import BaseCommand

from channels_app import mailboxes, patience, tasks, ward, watch, working
from channels_app.inbound import receiving
from channels_app.management import heaps, readiness

LONGEST_STATEMENT = 60.0  # seconds
TASKS_AT_ONCE = 8
"""Periodic tasks and statuses; the mailboxes are worked on by the crew that a bell calls."""
STOP_WITHIN = 25  # seconds; who watches over us waits for 30

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Work on what comes in until told to stop."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        readiness.require_broker()
        readiness.require_database()
        readiness.be_patient_with_the_broker()
        patience.wait_at_most(LONGEST_STATEMENT)
        heaps.share()
        worker_shutting_down.connect(_end_in_time)
        worker = current_app.Worker(
            pool="threads",
            concurrency=TASKS_AT_ONCE,
            loglevel=settings.LOG_LEVEL,
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        receiving.be_careful()
        watch.keep(_too_many_hang)
        log.info("worker starts with %s threads", settings.WORKER_THREADS)
        worker.start()
        tasks.crew.finish()
        tasks.porters.finish()
        sys.exit(worker.exitcode)


def _too_many_hang() -> str | None:
    """A thread that hangs in a bot cannot be ended but with its process."""
    hanging = mailboxes.hanging()
    return f"{hanging} conversations hang" if hanging > settings.WORKER_THREADS // 4 else None


def _end_in_time(**event: Any) -> None:
    """Nothing new is begun. What is still running at last is found again by the sweep, as it is after kill -9."""
    working.stopping.set()
    ward.close()
    deadline = threading.Timer(STOP_WITHIN, _leave)
    deadline.daemon = True
    deadline.start()


def _leave() -> None:
    log.warning("worker leaves unfinished work behind: it did not end within %s s", STOP_WITHIN)
    logging.shutdown()
    os._exit(0)
