"""The postman: brings notifications where they are wanted, signed, over HTTP, again and again until it hears 200."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Condition, Thread
from time import monotonic
from urllib.parse import urlsplit

import requests
import structlog
from django.db import DatabaseError, connection

from channels_app import clock
from channels_app.graph.signature import sign
from channels_app.models import Provider
from channels_app.models.holding import let_go
from channels_app.simulator import callbacks, calling, posting, wirelog
from channels_app.simulator.models import SimulatedChat, SimulatedMessage, SimulatedWebhook, Wire

log = structlog.get_logger(__name__)

AT_ONCE = 100
HANDS = 8
CLAIMED_FOR = timedelta(seconds=30)
LONGEST_PAUSE = 300
GIVEN_UP_AFTER = timedelta(days=7)
LONGEST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is brought in one go, to one address: a single webhook, or several of one app that may join.

    Without an `address` nobody wants it.
    """

    provider: Provider
    address: str
    webhooks: list[SimulatedWebhook]

    @property
    def chats(self) -> set[int]:
        return {webhook.chat_id for webhook in self.webhooks if webhook.chat_id is not None}

    @property
    def body(self) -> bytes:
        bodies = [bytes(webhook.body) for webhook in self.webhooks]
        return bodies[0] if len(bodies) == 1 else posting.joined(bodies)


class Postman:
    """One thread that looks what is due, and a few that bring it; they end when nothing is left to bring.

    What belongs to one chat is brought in order, one after the other.
    """

    def __init__(self, bring: Callable[[Parcel], None]) -> None:
        self._bring = bring
        self._changed = Condition()
        self._rung = False
        self._busy: set[int] = set()
        self._under_way = 0
        self._thread: Thread | None = None

    def ring(self) -> None:
        """There is something to bring, or may be: what an earlier process left behind is brought, too."""
        with self._changed:
            self._rung = True
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._work, name="postman", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def rest(self, seconds: float) -> bool:
        """Wait up to `seconds` until nothing is left to bring; false where something still is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._thread is None, seconds)

    def _work(self) -> None:
        with ThreadPoolExecutor(HANDS, thread_name_prefix="postman") as hands:
            while True:
                with self._changed:
                    self._rung = False
                    busy, free = set(self._busy), HANDS - self._under_way
                wait = self._round(hands, busy, free)
                with self._changed:
                    if wait is None and not self._rung:
                        self._thread = None
                        self._changed.notify_all()
                        return
                    self._changed.wait_for(lambda: self._rung, wait)

    def _round(self, hands: ThreadPoolExecutor, busy: set[int], free: int) -> float | None:
        """Bring what is due; gives after how many seconds to look again, `None` where nothing is left."""
        try:
            due = _claim(free, busy)
            next_at = SimulatedWebhook.objects.exclude(chat__in=busy).values_list("due_at", flat=True).first()
        except DatabaseError as exc:
            log.warning("webhooks_not_found", error=type(exc).__name__)
            return LONGEST_WAIT
        finally:
            connection.close()
        for parcel in due:
            with self._changed:
                self._busy |= parcel.chats
                self._under_way += 1
            hands.submit(self._bring_one, parcel).add_done_callback(_complain)
        if due or free < HANDS:
            return LONGEST_WAIT  # whoever comes back first rings
        return None if next_at is None else min(max((next_at - clock.now()).total_seconds(), 0.0), LONGEST_WAIT)

    def _bring_one(self, parcel: Parcel) -> None:
        try:
            self._bring(parcel)
        finally:
            with self._changed:
                self._busy -= parcel.chats
                self._under_way -= 1
                self._rung = True
                self._changed.notify_all()


def _complain(brought: Future[None]) -> None:
    """Of what is our own fault: it is brought again when its claim has run out."""
    if (fault := brought.exception()) is not None:
        log.error("webhook_not_brought", exc_info=fault)


def _claim(limit: int, busy: set[int]) -> list[Parcel]:
    """Up to `limit` parcels that are due, of chats that are not busy, ours alone for a while."""
    now = clock.now()
    due = SimulatedWebhook.objects.filter(due_at__lte=now).exclude(chat__in=busy)
    due = due.select_related("provider", "chat__number__account")
    claimed_until = now + CLAIMED_FOR
    mine = SimulatedWebhook.objects
    parcels = []
    for parcel in _parcels(list(due[:AT_ONCE]))[: max(limit, 0)]:
        webhooks = [
            row for row in parcel.webhooks if mine.filter(pk=row.pk, due_at=row.due_at).update(due_at=claimed_until)
        ]
        if webhooks:
            parcels.append(replace(parcel, webhooks=webhooks))
    return parcels


def _parcels(due: list[SimulatedWebhook]) -> list[Parcel]:
    """The first of each chat, and with it what may join it; a chat has part in one parcel alone."""
    parcels: dict[tuple[object, ...], Parcel] = {}
    part_in: dict[int, tuple[object, ...]] = {}
    addresses: dict[tuple[object, ...], str] = {}
    for row in due:
        number = row.chat.number if row.chat else None
        place = (row.provider_id, number.pk if number else None, row.field)
        if place not in addresses:
            addresses[place] = callbacks.address_for(row.provider, number, row.field)
        joins = row.may_join and row.chat_id is not None
        key = ("app", row.provider_id, addresses[place]) if joins else ("one", row.pk)
        if row.chat_id is not None and part_in.setdefault(row.chat_id, key) != key:
            continue
        parcels.setdefault(key, Parcel(row.provider, addresses[place], [])).webhooks.append(row)
    return list(parcels.values())


def bring_due() -> int:
    """Bring what is due, here and now, one after the other; gives how many parcels. For where nobody else brings."""
    parcels = _claim(AT_ONCE, set())
    for parcel in parcels:
        bring(parcel)
    return len(parcels)


def bring(parcel: Parcel) -> None:
    """Post it once, and write down what came of it. What nobody wants is let go of."""
    status = _post(parcel) if parcel.address else None
    now = clock.now()
    try:
        for webhook in parcel.webhooks:
            if parcel.address:
                _note(webhook, status, now)
            else:
                webhook.delete()
    except DatabaseError as exc:
        log.warning("webhook_not_noted", webhook=parcel.webhooks[0].pk, error=type(exc).__name__)
    finally:
        let_go()


def _post(parcel: Parcel) -> int | None:
    body, began = parcel.body, monotonic()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, parcel.provider.app_secret)}
    status, said, remark = None, b"", ""
    try:
        status, said = calling.post(parcel.address, body, headers)
    except requests.RequestException as exc:
        remark = f"No answer: {type(exc).__name__}"
    except calling.Elsewhere as exc:
        remark = str(exc)[:120]
    exchange = wirelog.Exchange(
        wire=Wire.WEBHOOK,
        method="POST",
        path=urlsplit(parcel.address).path,
        headers=headers,
        sent=body,
        status=status,
        received=said,
        remark=remark,
        seconds=monotonic() - began,
    )
    _log(parcel, exchange)
    return status


def _log(parcel: Parcel, exchange: wirelog.Exchange) -> None:
    if not wirelog.is_kept():
        return
    try:
        chat = SimulatedChat.objects.select_related("number").filter(pk__in=parcel.chats).first()
    except DatabaseError as exc:
        log.warning("webhook_not_logged", error=type(exc).__name__)
    else:
        wirelog.note(parcel.provider.team_id, chat.number if chat else None, exchange)


def _note(webhook: SimulatedWebhook, status: int | None, now: datetime) -> None:
    if status == requests.codes.ok and webhook.message_id is not None:
        SimulatedMessage.objects.filter(pk=webhook.message_id, delivered_at=None).update(delivered_at=now)
    is_void = webhook.provider.deleted_at is not None or now - webhook.created_at > GIVEN_UP_AFTER
    if status == requests.codes.ok or is_void:
        webhook.delete()
        return
    pause = min(2**webhook.tries, LONGEST_PAUSE)
    log.info("webhook_refused", webhook=webhook.pk, status=status, again_in=pause)
    SimulatedWebhook.objects.filter(pk=webhook.pk).update(
        tries=webhook.tries + 1, due_at=now + timedelta(seconds=pause)
    )


postman = Postman(bring)
