"""The Celery app: rows hold the work, tasks are bells, and a bell that is lost costs a few seconds."""

import os
from typing import Any

from celery import Celery
from django.conf import settings
from kombu import Queue

from ocs_meta import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocs_meta.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")  # they read the URL conf, which a worker does without

# A web process learns in half a second that the broker is away, for a webhook waits for it. `worker` and `beat`
# have more patience: they set their own.
PATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "max_retries": 0}
TRANSPORTS: dict[str, dict[str, Any]] = {
    "redis": PATIENCE | {"global_keyprefix": settings.REDIS_KEY_PREFIX},
    "rediss": PATIENCE | {"global_keyprefix": settings.REDIS_KEY_PREFIX},
    "amqp": {"max_retries": 0},
    "amqps": {"max_retries": 0},
    "memory": {"polling_interval": 0.02},
}


CLOCKS_DIFFER_BY = 900.0
"""Seconds. When a bell is void is written down by beat's clock and read by a worker's."""


def every(seconds: float, task: str) -> dict[str, object]:
    """A periodic task whose bells become void, so that they never pile up while there is no worker."""
    expires = max(seconds * 0.9, CLOCKS_DIFFER_BY)
    return {"task": f"channels_app.tasks.{task}", "schedule": seconds, "options": {"expires": expires}}


broker.mend()
broker_url = settings.CELERY_BROKER_URL or "memory://"

app = Celery("ocs_meta")
app.conf.update(
    broker_url=broker_url,
    broker_transport_options=TRANSPORTS.get(broker_url.partition(":")[0], {}),
    broker_connection_timeout=1,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_publish_retry=False,
    task_default_queue="celery",
    task_queues=[Queue("celery"), Queue("bells", routing_key="bells", no_ack=True)],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    timezone="UTC",
    beat_scheduler="celery.beat.Scheduler",  # in memory: periodic tasks are idempotent
    beat_max_loop_interval=1,
    beat_schedule={
        "sweep": every(3, "sweep"),
        "mail-notices": every(30, "mail_notices"),
        "probe": every(3600, "probe"),
        "learn-portfolios": every(3600, "learn_portfolios"),
        "count-days": every(600, "count_days"),
        "prune": every(24 * 3600, "prune"),
        "erase-teams": every(3600, "erase_teams"),
    },
)
if settings.SIMULATOR:
    task = "channels_app.simulator.tasks.prune"
    app.conf.beat_schedule["prune-simulator"] = {"task": task, "schedule": 3600, "options": {"expires": 3600}}
    app.autodiscover_tasks(["channels_app.simulator"])
app.set_default()
app.autodiscover_tasks(["channels_app"])
