"""Where a rehearsal takes place: in this one thread, with a clock of its own, or at an installation that runs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Protocol, TypeVar
from unittest.mock import patch

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from channels_app import clock, pulses, ringing
from channels_app.graph.transport import GRAPH
from channels_app.inbound import intake, refusals, routing
from channels_app.models import Channel, known
from channels_app.outbound import pacing, presence
from channels_app.simulator import calling, postman
from channels_app.simulator.graph import troubles
from channels_app.simulator.models import SimulatedChat
from channels_app.simulator.rehearsal import ageing, engines, steps
from channels_app.simulator.rehearsal.wire import Carrier, origin

T = TypeVar("T")

PATIENCE = timedelta(minutes=5)
MOST_STEPS = 20_000
LOOKS_EVERY = 0.1
QUIET = 3.0
"""Seconds in which nothing happens any more."""
TIMEOUT = 10.0


class Stage(Protocol):
    """Lets the product work at `channel`, and time pass."""

    channel: Channel

    def when(self, look: Callable[[], T]) -> T:
        """What `look` sees once it sees something, or at last."""

    def at_last(self, look: Callable[[], T]) -> T:
        """What `look` sees when nothing is going to change any more."""

    def post(self, body: bytes, signature: str) -> int:
        """Post a notification to our webhook; gives the HTTP status of its answer."""

    def hours_pass(self, hours: float, chats: list[SimulatedChat]) -> None: ...

    def still(self) -> AbstractContextManager[None]:
        """Until the block is left nobody works."""


class OneThread:
    """All of the product's steps are taken here, one after the other, and nothing waits: the clock is moved instead.

    What has to wait longer than `patience` stays as it is, until hours pass.
    """

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.patience = PATIENCE
        self.graph = Carrier()
        self.webhooks = Carrier()
        self.is_still = False
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount(origin(settings.SIMULATOR_WEBHOOK_URL), self.webhooks)

    def when(self, look: Callable[[], T]) -> T:
        return self.at_last(look)

    def at_last(self, look: Callable[[], T]) -> T:
        if not self.is_still:
            self.work(clock.now() + self.patience)
        return look()

    def post(self, body: bytes, signature: str) -> int:
        return _post(self.session, body, signature)

    def work(self, until: datetime) -> None:
        """Do all that is due, and then what is due next, as long as that is due by `until`."""
        for _ in range(MOST_STEPS):
            if not steps.take():
                next_due = steps.next_due()
                if next_due is None or next_due > until:
                    return
                clock.follow(max(next_due, clock.now()))
        raise AssertionError("There is always more to do: something is repeated without end.")

    @contextmanager
    def still(self) -> Iterator[None]:
        self.is_still = True
        try:
            yield
        finally:
            self.is_still = False

    def pause(self, seconds: float) -> None:
        """Nobody sleeps: it is later."""
        clock.follow(clock.now() + timedelta(seconds=seconds))

    def hours_pass(self, hours: float, chats: list[SimulatedChat]) -> None:
        """The clock moves on for everything; on the way all is done that became due."""
        until = clock.now() + timedelta(hours=hours)
        self.work(until)
        clock.follow(max(until, clock.now()))
        steps.probe()
        self.work(clock.now() + self.patience)


class Running:
    """An installation whose own processes do the work: here we only look, for up to `patience` seconds."""

    def __init__(self, channel: Channel, patience: float = 60.0) -> None:
        self.channel = channel
        self.patience = patience

    def when(self, look: Callable[[], T]) -> T:
        until = monotonic() + self.patience
        while not (seen := look()) and monotonic() < until:
            sleep(LOOKS_EVERY)
        return seen

    def at_last(self, look: Callable[[], T]) -> T:
        sleep(QUIET)
        return look()

    def post(self, body: bytes, signature: str) -> int:
        with requests.Session() as session:
            session.trust_env = False
            return _post(session, body, signature)

    def hours_pass(self, hours: float, chats: list[SimulatedChat]) -> None:
        """Nobody moves the clock of an installation: what was written in `chats` becomes older, that is all."""
        for chat in chats:
            ageing.grow_old(chat, timedelta(hours=hours))

    def still(self) -> AbstractContextManager[None]:
        """Its own processes work on."""
        return nullcontext()


@contextmanager
def one_thread(channel: Channel) -> Iterator[OneThread]:
    """A stage for `channel`, until the block is left: no thread, no broker and no network is needed for what happens.

    The two wires, the clock and the bells are replaced, and what a process remembers of its database; nothing else is.
    """
    if not settings.SIMULATOR:
        raise ImproperlyConfigured("The simulator is off: set SIMULATOR=true in the environment of the tests.")
    stage = OneThread(channel)
    with ExitStack() as replaced:
        for replacement in _replacements(stage):
            replaced.enter_context(replacement)
        GRAPH.close()
        GRAPH.mount(origin(settings.SIMULATOR_GRAPH_URL), stage.graph)
        try:
            yield stage
        finally:
            GRAPH.close()
            engines.forget()


def _replacements(stage: OneThread) -> list[AbstractContextManager[object]]:
    pace = pacing.MemoryPace(lambda: clock.now().timestamp())
    return [
        override_settings(FOLLOW_DATABASE_CLOCK=False, BOT_ENGINES=settings.BOT_ENGINES | {engines.NAME: engines.PATH}),
        patch.object(clock, "_ahead", clock._ahead),
        patch.object(calling, "_session", stage.session),
        patch.object(postman.Postman, "ring", _nobody),
        patch.object(troubles, "pause", stage.pause),
        patch.object(ringing.Bell, "ring", _nobody),
        patch.object(presence._board, "_callers", steps.AtOnce()),
        patch.object(pacing, "_pace", lambda: pace),
        patch.object(intake, "routing", routing.Routing()),
        patch.object(routing, "LOOKUPS", MOST_STEPS),
        patch.object(routing, "FRESH_FOR", 0.0),
        patch.object(known, "FRESH_FOR", 0.0),
        patch.object(pulses, "WRITTEN_EVERY", 0.0),
        patch.object(refusals, "WRITTEN_EVERY", 0.0),
    ]


def _post(session: requests.Session, body: bytes, signature: str) -> int:
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
    url = settings.SIMULATOR_WEBHOOK_URL
    return session.post(url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False).status_code


def _nobody(bell: object) -> None:
    """Nobody is rung: whoever is on this stage works by themselves."""
