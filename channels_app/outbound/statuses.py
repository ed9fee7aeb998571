"""Statuses: what Meta says became of our messages, applied in batches; nothing ever moves back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from channels_app import blocking, clock, mailboxes, notices, pulses
from channels_app.gateways import reader_for
from channels_app.gateways.base import UnreadableItem
from channels_app.messages import StatusUpdate
from channels_app.models import PROGRESS, Attempt, EventState, InboundEvent, Message, Outcome, Status, known
from channels_app.models.holding import unclaimed
from channels_app.outbound import forms, packing, recording, spoken

log = structlog.get_logger(__name__)

AT_ONCE = 500
JOINED_WITHIN = timedelta(minutes=15)
A_MOMENT = timedelta(seconds=2)
"""What a status takes to be applied, where nothing piles up."""
LATE_TRIES = 3
FORM_TRIES = 2
LATE_PAUSE = timedelta(seconds=30)
WORDLESS = frozenset({*forms.NAMES, "voice"})
"""Rungs below which there are words for the same."""
SEEN = (Status.DELIVERED, Status.READ, Status.PLAYED)


@dataclass(slots=True, kw_only=True)
class Report:
    """A status event, what it says, and the attempt it speaks of, where that is one of ours."""

    event: InboundEvent
    update: StatusUpdate
    attempt: Attempt | None = None


def apply(limit: int = AT_ONCE) -> int:
    """Apply up to `limit` statuses that wait, the oldest first; gives how many there were."""
    with transaction.atomic():
        waiting = InboundEvent.objects.filter(state=EventState.WAITING, kind="status").order_by("id")
        events = list(unclaimed(waiting)[:limit])
        reports, unread = _read(events)
        _match(reports)
        _apply([report for report in reports if report.attempt])
        _mark(events, reports, unread)
    pulses.statuses_came(known.channels({event.channel_id for event in events if event.channel_id}))
    return len(events)


def are_waiting() -> bool:
    return InboundEvent.objects.filter(state=EventState.WAITING, kind="status").exists()


def lag_behind(channel_id: UUID, now: datetime) -> bool:
    """Whether statuses of this channel wait for more than a moment: one of them may prove what is in doubt."""
    waiting = InboundEvent.objects.filter(state=EventState.WAITING, kind="status", channel=channel_id)
    return waiting.filter(received_at__lt=now - A_MOMENT).exists()


def rejoin() -> int:
    """Look once more at young statuses of unknown messages: their wamid may have been stored at the same moment."""
    ours = Attempt.objects.filter(wamid=OuterRef("external_id"))
    young = InboundEvent.objects.filter(state=EventState.UNMATCHED, received_at__gt=clock.now() - JOINED_WITHIN)
    return young.filter(Exists(ours.filter(message__channel=OuterRef("channel")))).update(state=EventState.WAITING)


def _read(events: Iterable[InboundEvent]) -> tuple[list[Report], dict[int, str]]:
    reports, unread = [], {}
    for event in events:
        try:
            update = reader_for("meta").read_status(bytes(event.raw))
        except UnreadableItem as exc:
            unread[event.pk] = str(exc)[:255]
        else:
            reports.append(Report(event=event, update=update))
    return reports, unread


def _match(reports: Sequence[Report]) -> None:
    """Find each one's attempt by the ids we sent along, else by its wamid; among that channel's own alone."""
    by_id = {report.event.pk: _attempt_id(report.update.callback) for report in reports}
    wamids = {report.update.external_id for report in reports}
    found = Attempt.objects.filter(Q(pk__in={pk for pk in by_id.values() if pk}) | Q(wamid__in=wamids))
    ids, named = {}, {}
    for attempt in found.select_related("message"):
        ids[attempt.pk] = attempt
        named[attempt.message.channel_id, attempt.wamid] = attempt
    for report in reports:
        claimed = ids.get(by_id[report.event.pk] or UUID(int=0))
        if claimed and claimed.message.channel_id == report.event.channel_id:
            report.attempt = claimed
        elif report.event.channel_id:
            report.attempt = named.get((report.event.channel_id, report.update.external_id))


def _attempt_id(callback: str) -> UUID | None:
    try:
        return UUID(callback.partition(".")[2])
    except ValueError:
        return None


def _apply(reports: Sequence[Report]) -> None:
    by_message: dict[UUID, list[Report]] = defaultdict(list)
    for report in reports:
        if report.attempt:
            by_message[report.attempt.message_id].append(report)
    mailboxes.hold(report.attempt.message.conversation_id for report in reports if report.attempt and _may_ring(report))
    rows = Message.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=by_message).order_by("pk")
    moved: dict[Status, list[UUID]] = defaultdict(list)
    messages = list(rows.select_related("conversation__channel__provider", "delivery"))
    for message in messages:
        for report in by_message[message.pk]:
            _settle_attempt(message, report)
        reached = _furthest(message, by_message[message.pk])
        if reached:
            moved[reached].append(message.pk)
            message.status = reached
    for status, ids in moved.items():
        Message.objects.filter(pk__in=ids).update(status=status, unconfirmed=False, retry_at=None)
    for message in messages:
        for report in by_message[message.pk]:
            if report.update.status == "failed":
                _failed(message, report)


def _may_ring(report: Report) -> bool:
    in_doubt = report.attempt is not None and report.attempt.outcome in (Outcome.OPEN, Outcome.UNKNOWN)
    return in_doubt or report.update.status == "failed"


def _settle_attempt(message: Message, report: Report) -> None:
    """A status proves that an attempt of unknown outcome went, and brings its wamid."""
    attempt = report.attempt
    if attempt is None or attempt.outcome not in (Outcome.OPEN, Outcome.UNKNOWN):
        return
    recording.close(attempt, Outcome.ACCEPTED, wamid=report.update.external_id)
    if message.status in (Status.PENDING, Status.HELD):
        message.status, message.wamid, message.sent_as = Status.ACCEPTED, attempt.wamid, attempt.rung
        message.sent_at = report.update.at
        for name, value in spoken.attached(message, attempt.rung).items():
            setattr(message, name, value)
        message.save(update_fields=["status", "wamid", "sent_as", "sent_at", "attachments"])
    if message.conversation_id:
        mailboxes.ring([message.conversation_id])


def _furthest(message: Message, reports: Sequence[Report]) -> Status | None:
    """The furthest of the statuses of the message's last accepted attempt, where it is further than it was."""
    names = {r.update.status for r in reports if r.attempt and r.attempt.wamid == message.wamid}
    reached = [status for status in PROGRESS if status.value in names]
    if not reached or message.status not in PROGRESS:
        best = reached[-1] if reached else None
        return best if best in SEEN and message.status == Status.FAILED else None
    best = reached[-1]
    return best if PROGRESS.index(best) > PROGRESS.index(Status(message.status)) else None


def _failed(message: Message, report: Report) -> None:
    """Meta could not bring it after all. What was seen by the person stays seen; else a lower rung, or the end."""
    problem, attempt = report.update.problem, report.attempt
    if problem is None or attempt is None or attempt.wamid != message.wamid:
        return
    if message.status in SEEN or message.status == Status.FAILED:
        Message.objects.filter(pk=message.pk).update(error=problem.as_json())
        return
    conversation = message.conversation
    if conversation is None or attempt.outcome != Outcome.ACCEPTED:
        return
    if report.update.window_shut:
        recording.close(attempt, Outcome.STEPPED_DOWN, wamid=attempt.wamid, problem=problem)
        conversation.shut_window(attempt.created_at)
        _plan_again(message)
    elif attempt.rung in WORDLESS and _needs_words(message, report.update):
        recording.close(attempt, Outcome.STEPPED_DOWN, wamid=attempt.wamid, problem=problem)
        packing.refused(conversation.channel, message)
        _plan_again(message)
    elif report.update.access_lost and not message.replans:
        recording.close(attempt, Outcome.HELD, wamid=attempt.wamid, problem=problem)
        blocking.block(conversation.channel, problem, number_only=report.update.number_only)
        _plan_again(message)
    elif report.update.try_later and message.replans < LATE_TRIES:
        recording.close(attempt, Outcome.POSTPONED, wamid=attempt.wamid, problem=problem)
        _plan_again(message, after=LATE_PAUSE * 2**message.replans)
    else:
        _end(message, attempt, report)


def _needs_words(message: Message, update: StatusUpdate) -> bool:
    """Whether the form is what Meta does not take: it says so, or could not fetch a file, several times."""
    return update.form_refused or (update.try_later and message.replans >= FORM_TRIES)


def _plan_again(message: Message, after: timedelta | None = None) -> None:
    """The same message once more, before all that waits: its mailbox finds the rung that is left."""
    retry_at = clock.now() + after if after else None
    Message.objects.filter(pk=message.pk).update(
        status=Status.PENDING, replans=message.replans + 1, overtakes=True, retry_at=retry_at, wamid=""
    )
    message.status = Status.PENDING
    if message.conversation_id:
        mailboxes.ring([message.conversation_id], at=retry_at)


def _end(message: Message, attempt: Attempt, report: Report) -> None:
    problem, conversation = report.update.problem, message.conversation
    if problem is None or conversation is None:
        return
    recording.close(attempt, Outcome.GIVEN_UP, wamid=attempt.wamid, problem=problem)
    ending = Q(pk=message.pk)
    if message.type != recording.REACTION:
        ending |= Q(delivery=message.delivery_id, pk__gt=message.pk, status=Status.PENDING)
    Message.objects.filter(ending).update(status=Status.FAILED, error=problem.as_json(), retry_at=None)
    message.status = Status.FAILED
    if report.update.template_refused and message.type != "template":
        notices.tell(conversation.channel.provider, notices.TEMPLATE, problem)


def _mark(events: Sequence[InboundEvent], reports: Sequence[Report], unread: dict[int, str]) -> None:
    unmatched = {report.event.pk for report in reports if report.attempt is None}
    done = [event.pk for event in events if event.pk not in unmatched and event.pk not in unread]
    InboundEvent.objects.filter(pk__in=done).update(state=EventState.DONE)
    if unmatched:
        InboundEvent.objects.filter(pk__in=unmatched).update(state=EventState.UNMATCHED)
    for pk, reason in unread.items():
        InboundEvent.objects.filter(pk=pk).update(state=EventState.UNPARSED, reason=reason)
