"""`manage.py beat`: the clock that rings for the sweep and its kin."""

import logging
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand

from channels_app.management import readiness

ONCE_MORE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
"""What makes Celery's beat connect anew: RabbitMQ's connection, once it is lost, is not made again otherwise."""

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Ring for the periodic tasks until told to stop. Two of them do no harm, and no good."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        readiness.require_broker()
        readiness.require_database()
        readiness.be_patient_with_the_broker()
        current_app.conf.update(task_publish_retry=True, task_publish_retry_policy=ONCE_MORE)
        log.info("beat starts")
        current_app.Beat(quiet=True, loglevel=settings.LOG_LEVEL, redirect_stdouts=False).run()
