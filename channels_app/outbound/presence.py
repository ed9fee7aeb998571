"""Presence: the person sees that their message was read, and that somebody is typing, for as long as the bot works.

https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import monotonic, sleep

import structlog

from channels_app.errors import GatewayError
from channels_app.gateways import gateway_for
from channels_app.models import Channel
from channels_app.outbound import pacing

log = structlog.get_logger(__name__)

RENEWED_EVERY = 20.0
"""Meta takes the indicator away after 25 s."""
PROMPT = 0.25


class _Shown:
    """One indicator: whose, since when, and whether the answer is there: then nobody types any more."""

    def __init__(self, channel: Channel, wamid: str) -> None:
        self.channel = channel
        self.wamid = wamid
        self.called_at = monotonic()
        self.is_over = False

    def is_stale(self) -> bool:
        """Whether an indicator now would come after the answer, and stay."""
        return self.is_over and monotonic() - self.called_at > PROMPT


class _Board:
    """The indicators that this process shows, and a thread that renews them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shown: set[_Shown] = set()
        self._callers = ThreadPoolExecutor(16, thread_name_prefix="presence")
        self._some = Event()
        self._thread: Thread | None = None

    def show(self, shown: _Shown) -> None:
        with self._lock:
            self._shown.add(shown)
            self._some.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._renew, name="typing", daemon=True)
                self._thread.start()
        self._call(shown)

    def take_down(self, shown: _Shown) -> None:
        with self._lock:
            self._shown.discard(shown)
            if not self._shown:
                self._some.clear()
        shown.is_over = True

    def _call(self, shown: _Shown) -> None:
        shown.called_at = monotonic()
        self._callers.submit(_say_so, shown)

    def _renew(self) -> None:
        pause = Event()
        while True:
            self._some.wait()
            pause.wait(1.0)
            with self._lock:
                due = [shown for shown in self._shown if monotonic() - shown.called_at >= RENEWED_EVERY]
            for shown in due:
                self._call(shown)


def _has_room(channel: Channel) -> bool:
    """Whether a call may go beside the messages. A quick answer may just have been sent: then it is a moment later."""
    bucket = pacing.of_number(channel.pk, channel.throughput)
    wait = pacing.take(bucket, keep=1)
    if 0 < wait <= PROMPT:
        sleep(wait)
        wait = pacing.take(bucket, keep=1)
    return not wait


def _say_so(shown: _Shown) -> None:
    if not _has_room(shown.channel):
        return
    try:
        gateway = gateway_for(shown.channel.provider)
        gateway.mark_read(shown.channel.phone_number_id, shown.wamid, typing=not shown.is_stale())
    except GatewayError as exc:
        log.info("not_marked_read", channel=str(shown.channel.pk), code=exc.problem.code)


_board = _Board()


@contextmanager
def typing(channel: Channel, wamid: str) -> Iterator[None]:
    """Mark `wamid` as read and show that we are typing, until the block is left. Never fails, never waits."""
    if not wamid or channel.blocked_at or channel.provider.blocked_at:
        yield
        return
    shown = _Shown(channel, wamid)
    _board.show(shown)
    try:
        yield
    finally:
        _board.take_down(shown)
