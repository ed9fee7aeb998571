"""An epoll loop, and no more than this process needs of one: sockets, moments, and a clock in seconds."""

import heapq
import select
from collections.abc import Callable
from time import monotonic

Handler = Callable[[], None]


class Loop:
    def __init__(self) -> None:
        self._poll = select.epoll()
        self._handlers: dict[int, Handler] = {}
        self._moments: list[tuple[float, int, Handler]] = []
        self._count = 0

    def watch(self, fd: int, handler: Handler) -> None:
        """Call `handler` whenever `fd` can be read."""
        self._handlers[fd] = handler
        self._poll.register(fd, select.EPOLLIN)

    def leave(self, fd: int) -> None:
        self._poll.unregister(fd)
        del self._handlers[fd]

    def at(self, moment: float, handler: Handler) -> None:
        """Call `handler` at `moment` of the monotonic clock."""
        self._count += 1
        heapq.heappush(self._moments, (moment, self._count, handler))

    def turn(self, until: float) -> None:
        """Wait for something to happen, or for `until`, and handle it."""
        due = min(until, self._moments[0][0]) if self._moments else until
        for fd, _ in self._poll.poll(max(0.0, due - monotonic())):
            if handler := self._handlers.get(fd):
                handler()
        while self._moments and self._moments[0][0] <= monotonic():
            heapq.heappop(self._moments)[2]()
