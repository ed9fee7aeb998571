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
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from channels_app import clock
from channels_app.models import Conversation, timekeeping
from channels_app.models.holding import held
from channels_app.models.together import NothingDone, Write, updating, write

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


def ring(conversation_ids: Iterable[UUID], at: datetime | None = None) -> None:
    """Say that there is something to do in these conversations, now or `at` a later time.

    To be called in the transaction that makes it so: whoever works there now will look again before leaving.
    """
    moment = at or clock.now()
    Conversation.objects.filter(pk__in=hold(conversation_ids)).update(
        bell=F("bell") + 1, due_at=Least(Coalesce("due_at", moment), moment)
    )


def hold(conversation_ids: Iterable[UUID | None]) -> list[UUID]:
    """Within a transaction: lock these conversations in the order of their ids, as everybody does who locks several.

    Whoever locks a message as well does so after its conversation. Gives those that there are.
    """
    wanted = {pk for pk in conversation_ids if pk}
    if len(wanted) < 2:
        return list(wanted)
    return list(held(Conversation.objects.filter(pk__in=wanted).order_by("pk")).values_list("pk", flat=True))


def claim() -> tuple[Mailbox | None, bool]:
    """A mailbox that is due and that nobody works on, leased to us for `LEASE`; and whether there may be more.

    Suspects are left to the ward, where there is one.
    """
    return _claim(f"tries < {SUSPECT}" if settings.WARD else "TRUE")


def claim_suspect() -> Mailbox | None:
    """As `claim`, of those alone that may have cost workers their life."""
    return _claim(f"tries >= {SUSPECT}")[0]


def _claim(condition: str) -> tuple[Mailbox | None, bool]:
    timekeeping.keep()
    now, token = clock.now(), uuid4()
    adapt = connection.ops.adapt_datetimefield_value
    uuid = token.hex if connection.vendor == "sqlite" else token
    skipping = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    free = f"due_at <= %s AND (lease_expires_at IS NULL OR lease_expires_at < %s) AND {condition}"
    table = Conversation._meta.db_table
    statement = f"""
        UPDATE {table} SET lease_owner = %s, lease_expires_at = %s, tries = tries + 1
        WHERE id IN (SELECT id FROM {table} WHERE {free} ORDER BY due_at LIMIT 1 {skipping})
        RETURNING id, bell, tries, (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {free} LIMIT 2) AS others)
    """  # noqa: S608 - nothing but our own names is in it
    moment = adapt(now)
    with connection.cursor() as cursor:
        cursor.execute(statement, [uuid, adapt(now + LEASE), moment, moment, moment, moment])
        row = cursor.fetchone()
    if row is None:
        return None, False
    pk, bell, tries, waiting = row
    mailbox = Mailbox(pk if isinstance(pk, UUID) else UUID(pk), token, bell, tries - 1)
    _leases.add(mailbox)
    return mailbox, waiting > 1


def take(conversation: Conversation) -> tuple[Mailbox, dict[str, object]] | None:
    """The lease of a `conversation` that the caller holds a lock on, and the columns to write for it.

    Nothing where somebody works there, or where something waited there before. `started` has to be called after the
    transaction.
    """
    now = clock.now()
    if conversation.due_at or (conversation.lease_expires_at and conversation.lease_expires_at >= now):
        return None
    mailbox = Mailbox(conversation.pk, uuid4(), conversation.bell, conversation.tries)
    columns = {"lease_owner": mailbox.token, "lease_expires_at": now + LEASE, "tries": conversation.tries + 1}
    return mailbox, columns


def started(mailbox: Mailbox) -> None:
    """The lease that was taken is written: keep it."""
    _leases.add(mailbox)


def are_waiting() -> bool:
    """Whether some mailbox is due that nobody works on."""
    return _free().filter(tries__lt=SUSPECT).exists() if settings.WARD else _free().exists()


def suspects_are_waiting() -> bool:
    """Whether some mailbox is due for the ward."""
    return settings.WARD and _free().filter(tries__gte=SUSPECT).exists()


def _free() -> QuerySet[Conversation]:
    now = clock.now()
    return Conversation.objects.filter(Q(lease_expires_at=None) | Q(lease_expires_at__lt=now), due_at__lte=now)


def progressing(mailbox: Mailbox, **changes: object) -> Write:
    """The write that counts a step as getting on, and that meets no row where the lease is not ours any more."""
    rows = Conversation.objects.filter(pk=mailbox.conversation_id, lease_owner=mailbox.token)
    mailbox.tries = 0
    mailbox.progressed_at = monotonic()
    return updating(rows, tries=0, lease_expires_at=clock.now() + LEASE, **changes)


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
    quiet = Conversation.objects.filter(pk=mailbox.conversation_id, lease_owner=mailbox.token, bell=mailbox.bell)
    return updating(quiet, lease_owner=None, lease_expires_at=None, due_at=next_at, tries=0)


def released(mailbox: Mailbox) -> None:
    """The lease is ours no more: it was given back by `releasing`, or somebody else has it."""
    _leases.drop(mailbox)


def release(mailbox: Mailbox, next_at: datetime | None) -> bool:
    """Give the lease back, to be looked at again at `next_at`; false where it was rung while we held it.

    A mailbox that was rung is kept, for its holder to look once more.
    """
    held = Conversation.objects.filter(pk=mailbox.conversation_id, lease_owner=mailbox.token)
    if write([releasing(mailbox, next_at)])[0]:
        _leases.drop(mailbox)
        return True
    row = held.values_list("bell", flat=True).first()
    if row is None:
        _leases.drop(mailbox)
        return True
    mailbox.bell = row
    return False


def abandon(mailbox: Mailbox, next_at: datetime) -> None:
    """Give the lease back after a failure of ours: it counts as a try, and is looked at again at `next_at`."""
    _leases.drop(mailbox)
    held = Conversation.objects.filter(pk=mailbox.conversation_id, lease_owner=mailbox.token)
    held.update(lease_owner=None, lease_expires_at=None, due_at=next_at)


def give_back(mailbox: Mailbox, next_at: datetime) -> None:
    """Give the lease back unused, for no fault of what is in the mailbox; it is looked at again at `next_at`."""
    _leases.drop(mailbox)
    held = Conversation.objects.filter(pk=mailbox.conversation_id, lease_owner=mailbox.token)
    held.update(lease_owner=None, lease_expires_at=None, due_at=next_at, tries=mailbox.tries)


def hanging() -> int:
    """How many leases of this process have not got on for longer than a step may take."""
    return _leases.hanging()


class _Leases:
    """The leases of this process. One thread renews them all, every few seconds, while there are any."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[UUID, Mailbox] = {}
        self._wanted = Event()
        self._thread: Thread | None = None

    def add(self, mailbox: Mailbox) -> None:
        with self._lock:
            self._held[mailbox.token] = mailbox
            self._wanted.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._keep_renewing, name="leases", daemon=True)
                self._thread.start()

    def drop(self, mailbox: Mailbox) -> None:
        with self._lock:
            self._held.pop(mailbox.token, None)
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
        working = [box.token for box in mailboxes if not box.hangs() and not box.is_lost]
        if not working:
            return
        rows = Conversation.objects.filter(lease_owner__in=working)
        with transaction.atomic():
            hold(rows.values_list("pk", flat=True))
            rows.update(lease_expires_at=clock.now() + LEASE)
        ours = set(rows.values_list("lease_owner", flat=True))
        for mailbox in mailboxes:
            mailbox.renewed_at = monotonic()
            if mailbox.token not in ours and not mailbox.is_lost:
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
