"""What the simulator does now and then, where it is on."""

from celery import shared_task

from channels_app.simulator import pruning
from channels_app.tasks import interrupted_by_the_database


@shared_task(ignore_result=True)
def prune() -> None:
    """Let go of what nobody looks at any more."""
    with interrupted_by_the_database():
        pruning.prune()
