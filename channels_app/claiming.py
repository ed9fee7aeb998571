"""Claiming: which of the mailboxes that are due are worked on next. Channels take turns: a busy one delays no other."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from channels_app import clock, mailboxes
from channels_app.mailboxes import LEASE, SUSPECT, Mailbox
from channels_app.models import Conversation, timekeeping
from channels_app.models.turns import Round

Share = Callable[[UUID], int]
"""How many mailboxes of a channel may be taken at present."""

TABLE = Conversation._meta.db_table
NOBODY = 1_000_000
"""Tries that no mailbox reaches."""
FREE = "due_at <= %s AND (lease_expires_at IS NULL OR lease_expires_at < %s)"


def everything(channel_id: UUID) -> int:
    """The share of a channel where nobody has to wait for another."""
    return 1_000_000


class Hands:
    """How many more mailboxes may be opened at once."""

    def __init__(self, count: int, share: Share) -> None:
        self._left = count
        self._share = share
        self._shares: dict[UUID, int] = {}

    def take(self, channel_id: UUID) -> bool:
        """Take one for this channel, if there is one."""
        left = self._shares.setdefault(channel_id, self._share(channel_id))
        if not self._left or left <= 0:
            return False
        self._left -= 1
        self._shares[channel_id] = left - 1
        return True


@dataclass(slots=True)
class Claimed:
    """Mailboxes that were leased to us, and whether there may be more that are due and free."""

    mailboxes: list[Mailbox] = field(default_factory=list)
    more: bool = False


def claim(limit: int = 1, share: Share = everything) -> Claimed:
    """Up to `limit` mailboxes that are due and that nobody works on, leased to us for `LEASE`.

    Channels take turns, in each answers go before bulk and the longest due is first, and none gets more than its
    `share`. Suspects are left to the ward, where there is one.
    """
    timekeeping.keep()
    due = _due(limit)
    chosen = choose(due, limit, share)
    leased = _lease(chosen) if chosen else []
    some_unseen = _round.goes_on or any(len(ids) >= limit for ids in due.values())
    return Claimed(leased, more=some_unseen or len(leased) < sum(map(len, due.values())))


def choose(due: Mapping[UUID, Sequence[UUID]], limit: int, share: Share) -> list[UUID]:
    """One of each channel, then the second of each and so on, up to `limit`."""
    rows = [ids[: share(channel_id)] for channel_id, ids in due.items() if ids]
    in_turn = [pk for together in zip_longest(*rows) for pk in together if pk]
    return in_turn[:limit]


def claim_suspect() -> Mailbox | None:
    """A mailbox as `claim` gives it, of those alone that may have cost workers their life."""
    suspects = _free().filter(tries__gte=SUSPECT).order_by("due_at").values_list("pk", flat=True)[:1]
    return next(iter(_lease(list(suspects))), None) if suspects else None


def are_waiting() -> bool:
    """Whether some mailbox is due that nobody works on."""
    return _ordinary().exists()


def suspects_are_waiting() -> bool:
    """Whether some mailbox is due for the ward."""
    return settings.WARD and _free().filter(tries__gte=SUSPECT).exists()


def _ordinary() -> QuerySet[Conversation]:
    return _free().filter(tries__lt=SUSPECT) if settings.WARD else _free()


def _free() -> QuerySet[Conversation]:
    now = clock.now()
    free = Q(lease_expires_at=None) | Q(lease_expires_at__lt=now)
    return Conversation.objects.filter(free, due_at__lte=now)


_round = Round(Conversation, "due_at IS NOT NULL")


def _due(limit: int) -> Mapping[UUID, list[UUID]]:
    """What is due and free, up to `limit` of each of the next channels."""
    if connection.vendor != "postgresql":
        return _due_anywhere(limit)
    now = clock.now()
    statement = f"""
        {_round.channels} SELECT channel_id, ARRAY(
            SELECT id FROM {TABLE} AS box WHERE box.channel_id = channel.channel_id AND {FREE} AND tries < %s
            ORDER BY in_bulk, due_at LIMIT %s
        ) FROM channel
    """  # noqa: S608 - nothing but our own names is in it
    with connection.cursor() as cursor:
        cursor.execute(statement, [_round.after, now, now, SUSPECT if settings.WARD else NOBODY, limit])
        found = dict(cursor.fetchall())
    _round.stopped_after(list(found))
    return found


def _due_anywhere(limit: int) -> Mapping[UUID, list[UUID]]:
    """The same where one process is all there is."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for channel_id, pk in _ordinary().order_by("in_bulk", "due_at").values_list("channel", "pk")[:limit]:
        found[channel_id].append(pk)
    return found


def _lease(ids: Sequence[UUID]) -> list[Mailbox]:
    """Lease those of `ids` that nobody else took meanwhile, in their order."""
    now, token = clock.now(), uuid4()
    skipping = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    statement = f"""
        UPDATE {TABLE} SET lease_owner = %s, lease_expires_at = %s, tries = tries + 1
        WHERE id IN (SELECT id FROM {TABLE} WHERE id IN ({", ".join(["%s"] * len(ids))}) AND {FREE} {skipping})
        RETURNING id, bell, tries
    """  # noqa: S608 - nothing but our own names is in it
    adapt = connection.ops.adapt_datetimefield_value
    owner, *keys = [pk.hex if connection.vendor == "sqlite" else pk for pk in (token, *ids)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [owner, adapt(now + LEASE), *keys, adapt(now), adapt(now)])
        rows = {pk if isinstance(pk, UUID) else UUID(pk): (bell, tries) for pk, bell, tries in cursor.fetchall()}
    leased = [Mailbox(pk, token, bell, tries - 1) for pk in ids if pk in rows for bell, tries in [rows[pk]]]
    mailboxes.started(leased)
    return leased
