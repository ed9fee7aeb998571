"""Workers that stop before each step they take, and go on when, and as, the schedule says."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from itertools import count
from math import inf
from typing import Any
from unittest.mock import patch

from django.db import OperationalError, connection, connections

from channels_app import mailboxes, pulses
from channels_app.models import known

PATIENCE = 60.0
"""Seconds of this machine after which a schedule that does not get on is a fault of the test."""


class Fate(Enum):
    """How a step ends: done; its worker killed before it; broken off before it was done, or after, unheard."""

    DONE = "done"
    KILLED = "killed"
    CUT_BEFORE = "cut before"
    CUT_AFTER = "cut after"


class Killed(BaseException):
    """kill -9: whatever a worker would still do in passing, it does not."""


class Actor:
    """One worker process, reduced to the one thing it does: `work`, step by step."""

    def __init__(self, name: str, process: "Process", work: Callable[[], object]) -> None:
        self.name = name
        self.at = "start"
        self.is_killed = False
        self.failure: BaseException | None = None
        self.process = process
        self._work = work
        self._fate = Fate.DONE
        self._go, self._stands = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()
        self._wait()

    @property
    def is_done(self) -> bool:
        return self.at == "end"

    def step(self, fate: Fate = Fate.DONE) -> None:
        """Take the step it stands before, with this end, and stop before the next."""
        if self.is_done:
            return
        self._fate = fate
        self.is_killed = fate is Fate.KILLED
        self._go.release()
        self._wait()
        if self.failure is not None:
            raise self.failure

    def kill(self) -> None:
        self.step(Fate.KILLED)
        self._thread.join(PATIENCE)

    def pause(self, place: str) -> Fate:
        """Stop before what happens at `place`; gives how it is to end. For the actor's own thread."""
        if not self.is_killed:
            self.at = place
            self._stands.release()
            self._go.acquire()
        if self.is_killed:
            raise Killed
        return self._fate

    def _wait(self) -> None:
        assert self._stands.acquire(timeout=PATIENCE), f"{self.name} hangs after {self.at}"

    def _live(self) -> None:
        _here.actor = self
        connections["default"] = _shared
        try:
            self.pause("start")
            self._work()
        except Killed:
            pass
        except BaseException as exc:
            self.failure = exc
        finally:
            self.at = "end"
            self._stands.release()


class Process:
    """What the workers of one process have in common: the leases they hold."""

    def __init__(self) -> None:
        self.leases = _Leases()


class _Leases(mailboxes._Leases):
    """Renewed when the schedule says so, not by a thread."""

    def add(self, taken: Iterable[mailboxes.Mailbox]) -> None:
        self._held |= {(mailbox.conversation_id, mailbox.token): mailbox for mailbox in taken}


class _Own:
    """Stands for an object that each process has for itself."""

    def __init__(self, name: str, otherwise: Any) -> None:
        self._name, self._otherwise = name, otherwise

    def _mine(self) -> Any:
        actor = current()
        return getattr(actor.process, self._name) if actor else self._otherwise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mine(), name)


_here = threading.local()
_shared: Any = None


def current() -> Actor | None:
    """The actor whose thread this is."""
    return getattr(_here, "actor", None)


class _Steps:
    """Each statement outside a transaction is a step, and each transaction as a whole."""

    def __init__(self, database: Any) -> None:
        self._set_autocommit, self._commit = database.set_autocommit, database.commit
        self._database = database
        self._fate = Fate.DONE

    def statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        actor = current()
        if actor is None or self._database.in_atomic_block or sql.startswith("BEGIN"):
            return execute(sql, params, many, context)
        fate = actor.pause("statement")
        _break(fate, Fate.CUT_BEFORE)
        result = execute(sql, params, many, context)
        _break(fate, Fate.CUT_AFTER)
        return result

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:
        actor = current()
        if actor and not autocommit and not self._database.in_atomic_block:
            self._fate = actor.pause("transaction")
            _break(self._fate, Fate.CUT_BEFORE)
        self._set_autocommit(autocommit, *args, **kwargs)

    def commit(self) -> None:
        self._commit()
        if current():
            fate, self._fate = self._fate, Fate.DONE
            _break(fate, Fate.CUT_AFTER)


def _break(fate: Fate, where: Fate) -> None:
    if fate is where:
        raise OperationalError("the connection is cut")


_numbers = count()


def _counting(size: int) -> bytes:
    """For chance: ids that are made at the same moment of a clock that stands still sort as they were made."""
    return (next(_numbers) * 4).to_bytes(size)  # `uuid7` leaves out the last two bits


@contextmanager
def staged() -> Iterator[None]:
    """Have actors stop before each step. All of them share this thread's connection, one at a time."""
    global _shared
    connection.ensure_connection()
    _shared = connections["default"]
    steps = _Steps(_shared)
    _shared.inc_thread_sharing()
    try:
        with (
            _shared.execute_wrapper(steps.statement),
            patch.object(_shared, "set_autocommit", steps.set_autocommit),
            patch.object(_shared, "commit", steps.commit),
            patch.object(_shared, "close"),
            patch("channels_app.clock.os.urandom", _counting),
            patch.object(known, "FRESH_FOR", inf),
            patch.object(pulses, "WRITTEN_EVERY", 0.0),
            patch.object(mailboxes, "_leases", _Own("leases", _Leases())),
            patch.object(mailboxes, "RENEWED_EVERY", -1.0),
        ):
            yield
    finally:
        _shared.dec_thread_sharing()
