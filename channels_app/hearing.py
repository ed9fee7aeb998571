"""Hearing: a bell carries nothing, so it is heard by the thread that listens to the broker, and needs no other."""

from collections.abc import Callable
from typing import Any

import structlog
from celery import Task

log = structlog.get_logger(__name__)


QUEUE = "bells"
"""What is in it needs no receipt: a bell may be lost, and the receipts of Celery cost more than all else it does."""


class Bell(Task[[], None]):
    """A task that is rung for: it takes no time, and its message says no more than its name."""

    queue = QUEUE

    Strategy = f"{__name__}:at_once"


def at_once(task: Any, app: Any, consumer: Any, **options: object) -> Callable[..., None]:
    """The strategy for bells.

    https://docs.celeryq.dev/en/stable/internals/reference/celery.worker.strategy.html
    """

    def hear(message: Any, body: object, ack: Callable[..., object], *others: object) -> None:
        if message.delivery_info.get("routing_key") != QUEUE:
            ack(log, consumer.connection_errors)
        task.run()

    return hear
