"""Channels as a worker knows them: with provider and bot, kept in the memory of the process for a moment."""

from collections.abc import Collection
from threading import Lock
from time import monotonic
from uuid import UUID

from channels_app.models.channel import Channel

FRESH_FOR = 2.0
REMEMBERED = 20_000


class _Memory:
    def __init__(self) -> None:
        self._lock = Lock()
        self._channels: dict[UUID, tuple[float, Channel]] = {}

    def __call__(self, ids: Collection[UUID]) -> dict[UUID, Channel]:
        """The channels of these ids that exist. What changed at them is seen within `FRESH_FOR` seconds."""
        oldest = monotonic() - FRESH_FOR
        known = {pk: entry[1] for pk in ids if (entry := self._channels.get(pk)) and entry[0] > oldest}
        missing = set(ids) - known.keys()
        if missing:
            found = Channel.objects.select_related("provider", "bot__ai_provider").in_bulk(missing)
            with self._lock:
                if len(self._channels) > REMEMBERED:
                    self._channels.clear()
                self._channels |= {pk: (monotonic(), channel) for pk, channel in found.items()}
            known |= found
        return known

    def forget(self) -> None:
        with self._lock:
            self._channels.clear()


channels = _Memory()
