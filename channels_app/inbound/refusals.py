"""Webhooks that nobody vouched for: nothing of them is stored but their number, gathered and written now and then."""

from collections import Counter
from threading import Lock
from time import monotonic
from uuid import UUID

from django.db.models import F, Q, Sum

from channels_app import clock, notices
from channels_app.errors import Problem
from channels_app.gateways.base import Change
from channels_app.models import Provider, RefusalCount
from channels_app.phrases import marked as _

WRITTEN_EVERY = 30.0
TOLD_FROM = 10
REMEMBERED = 10_000

FORGED = Problem(
    code=0,
    title=_("Webhooks with a wrong signature"),
    detail=_("Notifications for this account arrive that are not signed with its app secret. They are refused."),
    advice=_("Compare the App Secret with App settings > Basic of the Meta app that the webhook belongs to."),
)


class _Gathering:
    """Counts by number and accounts, until they are written."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str | None, tuple[str, ...]]] = Counter()
        self._written_at = float("-inf")

    def add(self, change: Change) -> None:
        with self._lock:
            key = (change.phone_number_id, change.accounts)
            if key in self._counts or len(self._counts) < REMEMBERED:
                self._counts[key] += 1

    def take(self) -> Counter[tuple[str | None, tuple[str, ...]]]:
        """What is to be written now: everything, or nothing where that was done a moment ago."""
        with self._lock:
            if monotonic() - self._written_at < WRITTEN_EVERY:
                return Counter()
            self._written_at = monotonic()
            taken, self._counts = self._counts, Counter()
            return taken


_gathering = _Gathering()


def note(change: Change) -> None:
    """Count a change that was addressed and refused."""
    _gathering.add(change)
    for (number, accounts), count in _gathering.take().items():
        named = Q(waba_id__in=accounts)
        if number:
            named |= Q(channels__phone_number_id=number, channels__is_active=True)
        for pk in Provider.objects.filter(named, deleted_at=None).values_list("pk", flat=True).distinct():
            _write(pk, count)


def _write(provider_id: UUID, count: int) -> None:
    today = clock.now().date()
    RefusalCount.objects.get_or_create(provider_id=provider_id, day=today)
    RefusalCount.objects.filter(provider_id=provider_id, day=today).update(count=F("count") + count)
    total = RefusalCount.objects.filter(provider_id=provider_id, day=today).aggregate(total=Sum("count"))["total"]
    if total >= TOLD_FROM:
        notices.tell(Provider.objects.get(pk=provider_id), notices.SIGNATURE, FORGED)
