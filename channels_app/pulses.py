"""When each channel last heard of Meta: written now and then, for it changes with every webhook."""

from collections.abc import Iterable
from threading import Lock
from time import monotonic
from uuid import UUID

from channels_app import clock
from channels_app.models import Pulse

WRITTEN_EVERY = 3.0


class _Writer:
    def __init__(self, column: str) -> None:
        self._column = column
        self._lock = Lock()
        self._written: dict[UUID, float] = {}

    def __call__(self, channel_ids: Iterable[UUID]) -> None:
        due = sorted(pk for pk in channel_ids if self._is_due(pk))
        if due:
            rows = [Pulse(channel_id=pk, **{self._column: clock.now()}) for pk in due]
            Pulse.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["channel"], update_fields=[self._column]
            )

    def _is_due(self, pk: UUID) -> bool:
        with self._lock:
            if monotonic() - self._written.get(pk, float("-inf")) < WRITTEN_EVERY:
                return False
            self._written[pk] = monotonic()
            return True


messages_came = _Writer("last_message_at")
statuses_came = _Writer("last_status_at")
