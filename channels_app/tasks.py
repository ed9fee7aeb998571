"""The itinerary: which stop follows which. A task fetches, calls and passes on; what it is told may be told twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

import structlog
from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError as BrokerGone

from channels_app import claiming, hearing, notices, onboarding, opening, pruning, ward, working
from channels_app.crew import Crew
from channels_app.figures import keeping
from channels_app.inbound import account, handover, unrouted, waiting
from channels_app.inbound import release as inbound_release
from channels_app.media import fetching
from channels_app.media.porters import Porters
from channels_app.models.holding import DATABASE_TROUBLE
from channels_app.outbound import release as outbound_release
from channels_app.outbound import statuses

log = structlog.get_logger(__name__)

SWEPT_AT_MOST_EVERY = 1.0


@contextmanager
def interrupted_by_the_database() -> Iterator[None]:
    """A database that goes away ends a task with one line: what it left, the next sweep finds."""
    try:
        yield
    except DATABASE_TROUBLE as exc:
        log.warning("interrupted", error=type(exc).__name__, detail=str(exc)[:200])


def nudge(pull: Callable[[], object]) -> None:
    """Ring for a task. The broker may be away: then the sweep finds what nobody was rung for."""
    try:
        pull()
    except (BrokerGone, OSError) as exc:
        log.warning("bell_lost", error=type(exc).__name__)


@shared_task(ignore_result=True, base=hearing.Bell)
def work() -> None:
    """Something came, or is due: the crew of this process looks for it."""
    crew.wake()


@shared_task(ignore_result=True, base=hearing.Bell)
def fetch_files() -> None:
    """People sent files: the porters of this process fetch them."""
    porters.wake()


def work_apart() -> None:
    """Work on the mailboxes and files that cost workers their life, one at a time: what ends this process is in this
    one.
    """
    with interrupted_by_the_database():
        while not working.stopping.is_set() and (mailbox := claiming.claim_suspect()):
            for queue in opening.opened([mailbox]):
                if working.drain(queue).statuses_joined:
                    nudge(apply_statuses.delay)
        while not working.stopping.is_set() and fetching.fetch_suspect():
            nudge(work.delay)


@shared_task(ignore_result=True)
def apply_statuses() -> None:
    """Apply the statuses that wait; what they make due is worked on."""
    with interrupted_by_the_database():
        while statuses.apply() == statuses.AT_ONCE:
            pass
        if claiming.are_waiting():
            nudge(work.delay)


@shared_task(ignore_result=True)
def read_account_news() -> None:
    """Read what Meta says of templates and accounts, and tell the teams."""
    with interrupted_by_the_database():
        while account.read_news():
            pass


class _Pile:
    """Bells of one kind that piled up while nobody was there to hear them: one in a while is enough."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._heard_at = float("-inf")

    def is_heard(self) -> bool:
        with self._lock:
            if monotonic() - self._heard_at < self._seconds:
                return False
            self._heard_at = monotonic()
            return True


_sweeps = _Pile(SWEPT_AT_MOST_EVERY)


@shared_task(ignore_result=True)
def sweep() -> None:
    """Find what was left behind: bells that were lost, workers that died, causes that are gone."""
    if not _sweeps.is_heard():
        return
    with interrupted_by_the_database():
        handover.end_pauses()
        inbound_release.release_held()
        inbound_release.release_put_off()
        unrouted.release_late()
        outbound_release.release_held()
        statuses.rejoin()
        if waiting.are_there() or claiming.are_waiting():
            nudge(work.delay)
        if claiming.suspects_are_waiting() or fetching.suspects_are_waiting():
            ward.open()
        if fetching.are_waiting():
            nudge(fetch_files.delay)
        if statuses.are_waiting():
            nudge(apply_statuses.delay)
        if account.news_waits():
            nudge(read_account_news.delay)


@shared_task(ignore_result=True)
def probe() -> None:
    """Ask Meta whether what it refused is mended."""
    with interrupted_by_the_database():
        outbound_release.probe_blocked()


@shared_task(ignore_result=True)
def learn_portfolios() -> None:
    """Ask Meta which business owns the accounts that are new here."""
    with interrupted_by_the_database():
        onboarding.learn_portfolios()


@shared_task(ignore_result=True)
def mail_notices() -> None:
    """Write to owners and admins about what has to be mended."""
    with interrupted_by_the_database():
        notices.mail_new()


@shared_task(ignore_result=True)
def prune() -> None:
    """Let go of what nobody needs any more."""
    with interrupted_by_the_database():
        pruning.prune()


@shared_task(ignore_result=True)
def count_days() -> None:
    """Count the days that are over, for the dashboards."""
    with interrupted_by_the_database():
        keeping.count_days()


@shared_task(ignore_result=True)
def erase_teams() -> None:
    """Erase what is left of teams that were deleted."""
    with interrupted_by_the_database():
        pruning.erase_teams()


crew = Crew(
    settings.WORKER_THREADS,
    call_others=lambda: nudge(work.delay),
    joined=lambda: nudge(apply_statuses.delay),
    files_came=lambda: nudge(fetch_files.delay),
)
"""Who works in this process, once a bell has called it."""

porters = Porters(max(1, settings.WORKER_THREADS // 4), working.stopping, crew.wake)
"""Who fetches files in this process."""
