"""`manage.py ward`: what `worker` starts for mailboxes and files that may be the end of whoever works on them."""

import logging
import os
import sys
from threading import Thread, Timer
from typing import Any

from django.core.management.base import BaseCommand

from channels_app import mailboxes, patience, tasks, watch, working
from channels_app.management import readiness
from channels_app.management.commands.worker import LONGEST_STATEMENT

ENDS_WITHIN = 20  # seconds; the worker has 25

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Work on what cost workers their life, one at a time. `worker` starts it; it ends by itself."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        readiness.be_patient_with_the_broker()
        patience.wait_at_most(LONGEST_STATEMENT)
        watch.keep(lambda: "a conversation hangs" if mailboxes.hanging() else None)
        Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
        log.info("ward starts")
        tasks.work_apart()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    working.stopping.set()
    deadline = Timer(ENDS_WITHIN, os._exit, (0,))
    deadline.daemon = True
    deadline.start()
