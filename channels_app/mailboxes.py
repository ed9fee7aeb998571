"""Mailboxes: a conversation is worked on by whoever holds its lease, and by nobody else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from time import monotonic
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Least

from channels_app import clock
from channels_app.models import Conversation, timekeeping
from channels_app.models.holding import held
from channels_app.models.together import NothingDone, Write, changing, write

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
RENEWED_EVERY = 8.0
SURE_FOR = 25.0
SUSPECT = 2
"""Leases in a row that were never given back: their workers died or hung, and perhaps of what is in this mailbox."""


class LeaseLost(Exception):
    """Somebody else works on this conversation by now: what was about to be written is not."""


@dataclass(slots=True)
class Mailbox:
    """A conversation whose lease is ours. `tries` counts the leases before this one whose worker died or failed."""

    conversation_id: UUID
    token: UUID
    bell: int
    tries: int
    progressed_at: float = field(default_factory=monotonic)
    renewed_at: float = field(default_factory=monotonic)
    is_lost: bool = False

    def is_surely_ours(self) -> bool:
        """Whether the lease cannot have run out: a process that was frozen does not know what others did meanwhile."""
        return monotonic() - max(self.progressed_at, self.renewed_at) < SURE_FOR

    def hangs(self) -> bool:
        """Whether its step takes longer than any time-out of ours: then the lease is not renewed any more."""
        return monotonic() - self.progressed_at > settings.LONGEST_STEP


def ring(conversation_ids: Iterable[UUID], at: datetime | None = None, *, in_bulk: bool = False) -> None:
    """Say that there is something to do in these conversations, now or `at` a later time.

    What is `in_bulk` waits for all else that is due, unless there was something to do in its conversation already.
    To be called in the transaction that makes it so: whoever works there now will look again before leaving.
    """
    timekeeping.keep()
    moment = at or clock.now()
    Conversation.objects.filter(pk__in=hold(conversation_ids)).update(
        bell=F("bell") + 1,
        due_at=Least(Coalesce("due_at", moment), moment),
        in_bulk=Case(When(due_at=None, then=True), default=F("in_bulk")) if in_bulk else False,
    )


def hold(conversation_ids: Iterable[UUID | None]) -> list[UUID]:
    """Within a transaction: lock these conversations in the order of their ids, as everybody does who locks several.

    Whoever locks a message as well does so after its conversation. Gives those that there are.
    """
    wanted = {pk for pk in conversation_ids if pk}
    if len(wanted) < 2:
        return list(wanted)
    return list(held(Conversation.objects.filter(pk__in=wanted).order_by("pk")).values_list("pk", flat=True))


def may_be_taken(conversation: Conversation) -> bool:
    """Whether nobody works on a `conversation` that the caller holds a lock on, and nothing waited there before."""
    leased = conversation.lease_expires_at and conversation.lease_expires_at >= clock.now()
    return conversation.due_at is None and not leased


def take(conversation: Conversation) -> Mailbox:
    """Note our lease of a `conversation` that may be taken, for the caller to write down in this transaction.

    `started` has to be called after it.
    """
    mailbox = Mailbox(conversation.pk, uuid4(), conversation.bell, conversation.tries)
    conversation.lease_owner, conversation.lease_expires_at = mailbox.token, clock.now() + LEASE
    conversation.tries += 1
    return mailbox


def started(mailboxes: Iterable[Mailbox]) -> None:
    """The leases that were taken are written: keep them."""
    _leases.add(mailboxes)


def let_expire(mailboxes: Iterable[Mailbox]) -> None:
    """Renew these leases no more: whoever finds them has them when they have run out."""
    for mailbox in mailboxes:
        _leases.drop(mailbox)


def progressing(mailbox: Mailbox, **changes: object) -> Write:
    """The write that counts a step as getting on, and that meets no row where the lease is not ours any more."""
    mailbox.tries = 0
    mailbox.progressed_at = monotonic()
    return changing(Conversation, _ours(mailbox), tries=0, lease_expires_at=clock.now() + LEASE, **changes)


def record(mailbox: Mailbox, writes: Sequence[Write], **changes: object) -> list[int]:
    """Write a step down, if the lease is ours: raises `LeaseLost`, and nothing is written, if it is not.

    Gives how many rows each of `writes` met. `changes` are columns of the conversation.
    """
    try:
        return write([progressing(mailbox, **changes), *writes], guarded=True)[1:]
    except NothingDone:
        raise LeaseLost from None


def releasing(mailbox: Mailbox, next_at: datetime | None) -> Write:
    """The write that gives the lease back; it meets no row where the mailbox was rung while we held it."""
    quiet = _ours(mailbox) | {"bell": mailbox.bell}
    return changing(Conversation, quiet, lease_owner=None, lease_expires_at=None, due_at=next_at, tries=0)


def _ours(mailbox: Mailbox) -> dict[str, object]:
    return {"pk": mailbox.conversation_id, "lease_owner": mailbox.token}


def released(mailbox: Mailbox) -> None:
    """The lease is ours no more: it was given back by `releasing`, or somebody else has it."""
    _leases.drop(mailbox)


def release(mailbox: Mailbox, next_at: datetime | None) -> bool:
    """Give the lease back, to be looked at again at `next_at`; false where it was rung while we held it.

    A mailbox that was rung is kept, for its holder to look once more.
    """
    if write([releasing(mailbox, next_at)])[0]:
        _leases.drop(mailbox)
        return True
    row = Conversation.objects.filter(**_ours(mailbox)).values_list("bell", flat=True).first()
    if row is None:
        _leases.drop(mailbox)
        return True
    mailbox.bell = row
    return False


def abandon(mailbox: Mailbox, next_at: datetime) -> None:
    """Give the lease back after a failure of ours: it counts as a try, and is looked at again at `next_at`."""
    _leases.drop(mailbox)
    write([changing(Conversation, _ours(mailbox), lease_owner=None, lease_expires_at=None, due_at=next_at)])


def give_back(mailbox: Mailbox, next_at: datetime) -> None:
    """Give the lease back unused, for no fault of what is in the mailbox; it is looked at again at `next_at`."""
    _leases.drop(mailbox)
    unused = {"lease_owner": None, "lease_expires_at": None, "due_at": next_at, "tries": mailbox.tries}
    write([changing(Conversation, _ours(mailbox), **unused)])


def hanging() -> int:
    """How many leases of this process have not got on for longer than a step may take."""
    return _leases.hanging()


class _Leases:
    """The leases of this process. One thread renews them all, every few seconds, while there are any."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[tuple[UUID, UUID], Mailbox] = {}
        self._wanted = Event()
        self._thread: Thread | None = None

    def add(self, mailboxes: Iterable[Mailbox]) -> None:
        with self._lock:
            self._held |= {(mailbox.conversation_id, mailbox.token): mailbox for mailbox in mailboxes}
            self._wanted.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._keep_renewing, name="leases", daemon=True)
                self._thread.start()

    def drop(self, mailbox: Mailbox) -> None:
        with self._lock:
            self._held.pop((mailbox.conversation_id, mailbox.token), None)
            if not self._held:
                self._wanted.clear()

    def hanging(self) -> int:
        with self._lock:
            return sum(mailbox.hangs() for mailbox in self._held.values())

    def renew(self) -> None:
        """Renew what is held since more than `RENEWED_EVERY`, unless it hangs or is not ours any more."""
        with self._lock:
            oldest = monotonic() - RENEWED_EVERY
            mailboxes = [mailbox for mailbox in self._held.values() if mailbox.renewed_at < oldest]
        working = [box for box in mailboxes if not box.hangs() and not box.is_lost]
        if not working:
            return
        rows = Conversation.objects.filter(
            pk__in=[box.conversation_id for box in working], lease_owner__in={box.token for box in working}
        )
        with transaction.atomic():
            hold(rows.values_list("pk", flat=True))
            rows.update(lease_expires_at=clock.now() + LEASE)
        ours = set(rows.values_list("pk", "lease_owner"))
        for mailbox in mailboxes:
            mailbox.renewed_at = monotonic()
            if (mailbox.conversation_id, mailbox.token) not in ours and not mailbox.is_lost:
                log.warning("lease_lost", conversation=str(mailbox.conversation_id), hangs=mailbox.hangs())
                mailbox.is_lost = True

    def _keep_renewing(self) -> None:
        pause = Event()
        while True:
            self._wanted.wait()
            pause.wait(RENEWED_EVERY)
            try:
                self.renew()
            except DatabaseError as exc:
                log.warning("leases_not_renewed", error=type(exc).__name__)
            finally:
                connection.close()


_leases = _Leases()
