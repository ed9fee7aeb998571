"""The model: people write, two workers and a clerk take their steps in any order, and anything breaks off anywhere."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from channels_app import clock, tasks, working
from channels_app.graph.signature import sign
from channels_app.graph.transport import GRAPH
from channels_app.inbound import intake
from channels_app.models import (
    Attempt,
    Conversation,
    Delivery,
    Direction,
    EventState,
    InboundEvent,
    Message,
    Outcome,
    Participant,
    Pulse,
    Status,
    known,
)
from channels_app.outbound import pacing, problems
from tests import fixtures
from tests.schedule.actors import Actor, Fate, Process
from tests.schedule.far_side import Meta, Parrot, Taken

BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = ["27831110001", "27831110002"]
WORKERS = ["one", "two"]
BREATH = timedelta(seconds=8)
"""How often a worker renews its leases."""
A_MOMENT = timedelta(seconds=10)
"""How old a status on the shelf has to be for nobody to overlook it."""
FAULTS = [Fate.KILLED, Fate.CUT_BEFORE, Fate.CUT_AFTER]
REFUSALS = [(500, 131016), (429, 130429), (503, 2)]
LONG_ENOUGH = 400
"""Rounds within which everything has to be settled once nothing breaks any more.

The clock stands still within a round, in which a number may therefore send one message.
"""


class Schedule(RuleBasedStateMachine):
    """One number, two people, two workers. Nothing is lost, nothing said twice, and each person's order kept."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, list[str]] = defaultdict(list)
        self.stored: dict[str, datetime] = {}
        """Of each attempt that a status came of: when it was on the shelf."""
        self.reported: list[tuple[Taken, str]] = []
        self.actors: dict[str, Actor] = {}
        self.processes = {name: Process() for name in [*WORKERS, "clerk"]}
        self.kills = 0
        self.meta = Meta()
        self.travel = time_machine.travel(BEGINNING, tick=False)
        self.time = self.travel.start()

    @initialize()
    def begin(self) -> None:
        GRAPH.mount("https://", self.meta)
        pacing._pace.cache_clear()
        known.channels.forget()
        Parrot.asked.clear()
        Parrot.failed.clear()

    # What people and Meta do

    @rule(person=st.sampled_from(PEOPLE))
    def write(self, person: str) -> None:
        text = f"{person} says {len(self.said[person])}"
        self.said[person].append(text)
        self._post(fixtures.change(fixtures.text(text, f"wamid.{text}", sender=person)))

    @precondition(lambda self: self.meta.taken)
    @rule(which=st.integers(0, 100), name=st.sampled_from(["sent", "delivered"]))
    def report(self, which: int, name: str) -> None:
        self._report(self.meta.taken[which % len(self.meta.taken)], name)

    @rule(refusal=st.sampled_from(REFUSALS))
    def refuse_next(self, refusal: tuple[int, int]) -> None:
        if len(self.meta.refusals) < 2:
            self.meta.refusals.append(refusal)

    # What the processes do

    @rule(name=st.sampled_from(WORKERS), steps=st.integers(1, 12))
    def work(self, name: str, steps: int) -> None:
        self._start(name, _work)
        self._go(name, steps)

    @rule(steps=st.integers(1, 12))
    def apply_statuses(self, steps: int) -> None:
        self._start("clerk", tasks.apply_statuses)
        self._go("clerk", steps)

    @precondition(lambda self: self.actors)
    @rule(data=st.data(), fate=st.sampled_from(FAULTS))
    def meddle(self, data: st.DataObject, fate: Fate) -> None:
        """End the step that somebody stands before badly."""
        name = data.draw(st.sampled_from(sorted(self.actors)))
        actor = self.actors[name]
        if fate is Fate.KILLED:
            actor.kill()
            self.kills += 1
            self.processes[name] = Process()
        else:
            actor.step(fate)
        self._clear()

    @rule()
    def sweep(self) -> None:
        self._sweep()

    @rule(breaths=st.sampled_from([1, 1, 5, 9]))
    def pass_time(self, breaths: int) -> None:
        for _ in range(breaths):
            for process in self.processes.values():
                process.leases.renew()
            self.time.shift(BREATH)

    # What holds all the while

    @invariant()
    def promises_hold(self) -> None:
        self.nothing_is_said_twice_that_a_status_vouched_for()
        self.each_turn_is_answered_by_one_delivery()
        self.first_takes_are_in_order()

    def nothing_is_said_twice_that_a_status_vouched_for(self) -> None:
        takes: dict[str, list[Taken]] = defaultdict(list)
        for taken in self.meta.taken:
            takes[taken.message].append(taken)
        for several in takes.values():
            for earlier, later in pairwise(several):
                decided = Attempt.objects.get(pk=later.attempt).created_at
                known_at = self.stored.get(earlier.callback)
                assert known_at is None or known_at > decided - A_MOMENT, f"{later} although {earlier} came"

    def each_turn_is_answered_by_one_delivery(self) -> None:
        turns = list(Delivery.objects.values_list("turn_id", flat=True))
        assert len(turns) == len(set(turns))

    def first_takes_are_in_order(self) -> None:
        for person, said in self.said.items():
            heard = self._heard(person)
            assert [text for text in said if text in heard] == heard

    def teardown(self) -> None:
        try:
            self.meta.refusals.clear()
            self._settle()
            self._balance()
        finally:
            self._end()

    def _settle(self) -> None:
        """Nothing breaks any more, and all statuses come."""
        for name in list(self.actors):
            self._go(name, 10_000)
        for _ in range(LONG_ENOUGH):
            if not self._is_open():
                return
            self._sweep()
            _work()
            for taken in self.meta.taken:
                for name in ("sent", "delivered"):
                    if (taken, name) not in self.reported:
                        self._report(taken, name)
            tasks.apply_statuses()
            self.pass_time(5)

    def _sweep(self) -> None:
        tasks._sweeps.__init__(0.0)  # type: ignore[misc]
        tasks.sweep()

    def _is_open(self) -> bool:
        return (
            len(self.reported) < 2 * len(self.meta.taken)
            or InboundEvent.objects.exclude(state=EventState.DONE).exists()
            or Conversation.objects.exclude(lease_owner=None, due_at=None).exists()
        )

    def _balance(self) -> None:
        self.promises_hold()
        for person, said in self.said.items():
            aside, given_up = self._set_aside(person), self._given_up(person)
            heard = [text for text in self._heard(person) if text not in given_up]
            assert heard == [text for text in said if text not in aside + given_up], self._open_items(person)
            for text in aside:
                assert Parrot.failed[text] >= working.BOT_TRIES or self.kills >= working.WORKER_TRIES, text
        failed = Message.objects.filter(direction=Direction.OUTBOUND).exclude(status=Status.DELIVERED)
        assert all(message.error == problems.UNKNOWN_TWICE.as_json() for message in failed), list(failed.values())
        assert not Attempt.objects.filter(outcome=Outcome.OPEN).exists()
        assert not Conversation.objects.exclude(lease_owner=None, due_at=None).exists()
        assert not InboundEvent.objects.exclude(state=EventState.DONE).exists()

    def _given_up(self, person: str) -> list[str]:
        """What nobody knows the fate of: two attempts at it had no answer, and no status came of either."""
        failed = Message.objects.filter(status=Status.FAILED, direction=Direction.OUTBOUND)
        theirs = failed.filter(conversation__participant__wa_id=person)
        for message in theirs:
            assert message.attempts.filter(outcome=Outcome.UNKNOWN).count() == 2, message.error
        return [message.text for message in theirs]

    def _open_items(self, person: str) -> list[object]:
        """What there is to know of a person whose books are not balanced."""
        theirs = Message.objects.filter(conversation__participant__wa_id=person).order_by("id")
        mailbox = Conversation.objects.filter(participant__wa_id=person)
        return [
            self._heard(person),
            list(theirs.values_list("direction", "text", "status", "retry_at", "unconfirmed", "error__title")),
            list(mailbox.values_list("due_at", "lease_owner", "lease_expires_at", "tries")),
            clock.now(),
        ]

    def _heard(self, person: str) -> list[str]:
        return list(dict.fromkeys(taken.text for taken in self.meta.taken if taken.person == person))

    def _set_aside(self, person: str) -> list[str]:
        held = Message.objects.filter(status=Status.HELD, direction=Direction.INBOUND)
        return list(held.filter(conversation__participant__wa_id=person).values_list("text", flat=True))

    def _start(self, name: str, work: Callable[[], object]) -> None:
        if name not in self.actors:
            self.actors[name] = Actor(name, self.processes[name], work)

    def _go(self, name: str, steps: int) -> None:
        actor = self.actors[name]
        for _ in range(steps):
            if actor.is_done:
                break
            actor.step()
        self._clear()

    def _clear(self) -> None:
        self.actors = {name: actor for name, actor in self.actors.items() if not actor.is_done}

    def _report(self, taken: Taken, name: str) -> None:
        item = fixtures.status(taken.wamid, name, callback=taken.callback)
        self._post(fixtures.change(statuses=[item]))
        self.reported.append((taken, name))
        self.stored.setdefault(taken.callback, clock.now())

    def _post(self, change: Any) -> None:
        body = json.dumps(fixtures.notification(change)).encode()
        intake.accept("meta", body, sign(body, fixtures.APP_SECRET))

    def _end(self) -> None:
        for actor in self.actors.values():
            actor.kill()
        GRAPH.close()
        self.travel.stop()
        for model in (Attempt, Message, Delivery, InboundEvent, Conversation, Participant, Pulse):
            model.objects.all().delete()


def _work() -> None:
    """What a crew does, by one hand: until nothing is left, or the database goes away."""
    with tasks.interrupted_by_the_database():
        while working.work_off():
            pass
