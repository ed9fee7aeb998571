"""Lines: what may go in a moment stands in line for its number's turn, in this process, and holds no thread.

A turn is booked for the first of a line alone, and when it comes the next one is booked: a process that was held up
for a while goes on from there and makes up for nothing, so that no second sees more than the number may send.
"""

import heapq
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic
from uuid import UUID

from channels_app.outbound import pacing
from channels_app.outbound.pacing import Place
from channels_app.outbound.queue import Queue

LONGEST = 1.0
"""Seconds. What has to wait longer does not stand in line: when to look at it again is written in its row."""
AHEAD = 0.25
"""Seconds before its turn from which on a place is booked."""
LATE = 0.01
"""Seconds after its turn from which on it is lost, and has to be booked anew."""
TURN = Place(0.0, booked=True)


class Lines:
    """The lines of this process, one for each number. Whoever's turn has come is passed to `go`.

    One whose turn is too far away, because of its pair or because Meta slowed its number down, is passed on without.
    """

    def __init__(self, go: Callable[[Queue], object]) -> None:
        self._go = go
        self._changed = Condition()
        self._lines: dict[UUID, deque[Queue]] = {}
        self._booked: dict[UUID, float] = {}
        self._agenda: list[tuple[float, UUID]] = []
        self._thread: Thread | None = None
        self._is_broken_up = False

    def is_crowded(self, channel_id: UUID) -> bool:
        return channel_id in self._lines

    def length(self, channel_id: UUID) -> int:
        return len(self._lines.get(channel_id, ()))

    def join(self, queue: Queue) -> bool:
        """Stand behind those who wait for this number; false where no lines are kept any more."""
        channel_id = queue.conversation.channel_id
        with self._changed:
            if self._is_broken_up:
                return False
            if channel_id in self._lines:
                self._lines[channel_id].append(queue)
            else:
                self._lines[channel_id] = deque([queue])
                self._plan(monotonic(), channel_id)
        return True

    def break_up(self) -> list[Queue]:
        """Nobody stands in line from now on; gives those who did."""
        with self._changed:
            self._is_broken_up = True
            left = [queue for line in self._lines.values() for queue in line]
            self._lines.clear()
        return left

    def _plan(self, moment: float, channel_id: UUID) -> None:
        heapq.heappush(self._agenda, (moment, channel_id))
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._attend, name="lines", daemon=True)
            self._thread.start()
        self._changed.notify()

    def _attend(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._agenda)
                moment, channel_id = self._agenda[0]
                left = moment - monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
                heapq.heappop(self._agenda)
            self._move(channel_id)

    def _move(self, channel_id: UUID) -> None:
        """Let the first of a line go if its turn has come, and book a turn for the next."""
        turn = self._booked.get(channel_id)
        if turn is not None:
            late = monotonic() - turn
            if late < 0:
                return
            del self._booked[channel_id]
            if late < LATE:
                self._let_go(channel_id, TURN)
        while (first := self._first(channel_id)) is not None:
            place = pacing.book(*pacing.of_conversation(first.conversation), ahead=AHEAD)
            if place.booked and place.wait > 0:
                self._booked[channel_id] = monotonic() + place.wait
                self._come_back(channel_id, place.wait)
                return
            if not place.booked and place.wait <= LONGEST + AHEAD:
                self._come_back(channel_id, max(place.wait - AHEAD, LATE))
                return
            self._let_go(channel_id, place)

    def _first(self, channel_id: UUID) -> Queue | None:
        with self._changed:
            line = self._lines.get(channel_id)
            return line[0] if line else None

    def _let_go(self, channel_id: UUID, place: Place) -> None:
        with self._changed:
            line = self._lines.get(channel_id)
            if not line:
                return
            queue = line.popleft()
            if not line:
                del self._lines[channel_id]
        queue.in_line, queue.place = False, place
        self._go(queue)

    def _come_back(self, channel_id: UUID, seconds: float) -> None:
        with self._changed:
            heapq.heappush(self._agenda, (monotonic() + seconds, channel_id))
