"""The crew: the threads of this process that work on mailboxes, and the desk that finds work for them in batches."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition, Thread
from time import monotonic
from uuid import UUID

import structlog

from channels_app import claiming, opening, working
from channels_app.alarms import Alarm
from channels_app.claiming import Claimed
from channels_app.inbound import receiving
from channels_app.models.holding import DATABASE_TROUBLE, let_go
from channels_app.outbound.lines import Lines
from channels_app.outbound.queue import Queue

log = structlog.get_logger(__name__)

IN_LINE = 32
"""How many queues of one channel may stand in line in one process; the others stay where every process finds them."""
CALLS_EVERY = 0.25
"""Seconds between two calls for other processes, while there is more to do than this one takes."""
LOOKS_EVERY = 0.1
"""Seconds after which hands that became free look for more where there is more, be they ever so few."""


class Crew:
    """Takes what is due, as much as it has hands for, and works on it.

    A channel gets another hand only while fewer than four times as many work for it as are free, and the last eighth
    of them is for channels for which nobody works: one that waits for slow bots, or has much to send, delays no other.
    `call_others` rings for other processes, `joined` for statuses to be applied, `files_came` for files to be fetched.
    """

    def __init__(
        self,
        size: int,
        call_others: Callable[[], object],
        joined: Callable[[], object],
        files_came: Callable[[], object] = bool,
    ) -> None:
        self._size = size
        self._many = size // 8
        self._call_others = call_others
        self._joined = joined
        self._files_came = files_came
        self._changed = Condition()
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="hand")
        self._lines = Lines(self._begin)
        self._alarm = Alarm(self.wake)
        self._busy: Counter[UUID] = Counter()
        self._desk: Thread | None = None
        self._rung = False
        self._behind = False
        self._room = 0
        self._called_at = 0.0

    def wake(self) -> None:
        """Something came, or is due: look at once."""
        with self._changed:
            self._rung = True
            if self._desk is None or not self._desk.is_alive():
                self._desk = Thread(target=self._keep_desk, name="desk", daemon=True)
                self._desk.start()
            self._changed.notify()

    def finish(self) -> None:
        """Begin nothing new, and wait until what is under way is finished."""
        working.stopping.set()
        self.wake()
        for queue in self._lines.break_up():
            self._begin(queue)
        self._threads.shutdown()

    def _keep_desk(self) -> None:
        while not working.stopping.is_set():
            self._wait()
            with _told("desk_failed"):
                while not working.stopping.is_set() and self._look():
                    pass

    def _wait(self) -> None:
        """Wait for the bell or, while there was more than we could take, for hands that became free."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung or (self._behind and self._room))
            if not self._rung:
                self._changed.wait_for(lambda: self._rung or self._room >= self._many, LOOKS_EVERY)
            self._rung = False

    def _look(self) -> bool:
        """Take what came and what is due; whether to look again at once."""
        with self._changed:
            self._room, self._behind = 0, False
        received = receiving.receive(hands=self._hands_left(), share=self._share)
        for queue in received.opened:
            queue.lines = self._lines
            self._begin(queue)
        if received.files:
            self._files_came()
        claimed = Claimed(more=True)
        if hands := self._hands_left():
            claimed = claiming.claim(hands, self._share)
            for queue in opening.opened(claimed.mailboxes, self._lines):
                self._begin(queue)
        if claimed.more:
            self._behind = True
            self._call()
        return received.more or (claimed.more and bool(claimed.mailboxes))

    def _hands_left(self) -> int:
        """How many mailboxes may be taken now."""
        with self._changed:
            free = self._size - self._busy.total()
        return max(free - self._many, min(free, 1))

    def _share(self, channel_id: UUID) -> int:
        with self._changed:
            free, ours = self._size - self._busy.total(), self._busy[channel_id]
        hands = (4 * free - ours) // 5 if free > self._many else 0
        return max(0, min(max(hands, not ours), IN_LINE - self._lines.length(channel_id)))

    def _call(self) -> None:
        if monotonic() - self._called_at > CALLS_EVERY:
            self._called_at = monotonic()
            self._call_others()

    def _begin(self, queue: Queue) -> None:
        with self._changed:
            self._busy[queue.conversation.channel_id] += 1
        self._threads.submit(self._work, queue)

    def _work(self, queue: Queue) -> None:
        with _told("work_failed", conversation=str(queue.conversation.pk)):
            self._drain(queue)
        self._end(queue.conversation.channel_id)

    def _drain(self, queue: Queue) -> None:
        shift = working.drain(queue)
        while shift.in_line and not self._lines.join(shift.in_line):
            shift = working.drain(shift.in_line)
        if shift.statuses_joined:
            self._joined()
        if shift.next_at:
            self._alarm.set(shift.next_at)

    def _end(self, channel_id: UUID) -> None:
        with self._changed:
            self._busy[channel_id] -= 1
            if not self._busy[channel_id]:
                del self._busy[channel_id]
            self._room += 1
            if self._behind and self._room in (1, self._many):
                self._changed.notify()


@contextmanager
def _told(event: str, **ids: str) -> Iterator[None]:
    """Whatever goes wrong ends what is done here, and is told; a database that went away in one line."""
    try:
        yield
    except DATABASE_TROUBLE as exc:
        log.warning("interrupted", error=type(exc).__name__, detail=str(exc)[:200])
    except Exception:
        log.exception(event, **ids)
    finally:
        let_go()
