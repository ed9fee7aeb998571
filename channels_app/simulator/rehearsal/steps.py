"""The product's own steps, taken in this thread: what its workers, its clock and Meta's postman do at this moment."""

from concurrent.futures import Executor, Future
from datetime import datetime
from typing import Any

from django.db.models import Min

from channels_app import working
from channels_app.inbound import account, unrouted
from channels_app.inbound import release as inbound_release
from channels_app.models import Conversation, Fetch
from channels_app.outbound import release as outbound_release
from channels_app.outbound import statuses
from channels_app.simulator.models import SimulatedWebhook
from channels_app.simulator.postman import bring_due


class AtOnce(Executor):
    """Runs what it is given here and now; what that raises is raised here, too."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def take() -> bool:
    """Do what is due now, once; false where nothing is."""
    return bring_due() + _work() > 0 or _sweep() > 0


def next_due() -> datetime | None:
    """When something is due next, where something is."""
    moments = [
        SimulatedWebhook.objects.aggregate(at=Min("due_at"))["at"],
        Conversation.objects.aggregate(at=Min("due_at"))["at"],
        Fetch.objects.aggregate(at=Min("due_at"))["at"],
    ]
    return min((moment for moment in moments if moment), default=None)


def probe() -> None:
    """Ask Meta whether what it refused is mended, as is done every hour."""
    outbound_release.probe_blocked()


def _work() -> int:
    return working.work_off() + statuses.apply() + account.read_news()


def _sweep() -> int:
    released = inbound_release.release_held() + outbound_release.release_held()
    return released + statuses.rejoin() + unrouted.release_late()
