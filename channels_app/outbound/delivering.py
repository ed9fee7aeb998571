"""Delivering: one promised message goes down the ladder until a rung holds, one step at a time."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from channels_app import clock, mailboxes
from channels_app.errors import (
    AccessLost,
    GatewayError,
    GiveUp,
    OurFault,
    OutcomeUnknown,
    Problem,
    StepDown,
    TooLong,
    TryLater,
    WindowShut,
)
from channels_app.gateways import gateway_for
from channels_app.mailboxes import LeaseLost
from channels_app.models import Attempt, Conversation, Direction, Message, Outcome, Pulse, Status
from channels_app.models.holding import let_go
from channels_app.models.together import inserting
from channels_app.outbound import (
    doubt,
    fitting,
    lines,
    pacing,
    packing,
    problems,
    recording,
    speaking,
    splitting,
    standing,
    statuses,
    wishes,
)
from channels_app.outbound.ladder import FORMS, LADDER, TEMPLATE, VOICE, Rung, Terms, rungs
from channels_app.outbound.pacing import Place
from channels_app.outbound.queue import Queue

log = structlog.get_logger(__name__)

RUNGS = {rung.name: rung for rung in LADDER}


def deliver(queue: Queue) -> datetime | None:
    """Take the first message of `queue` one step further; gives when to come back where it has to wait.

    Raises `LeaseLost`, and what the database raises. No transaction and no connection is held while Meta is asked.
    """
    part, now = queue.parts[0], clock.now()
    prepared, queue.prepared = queue.prepared, None
    if prepared is not None and prepared.message_id == part.pk:
        return _send(queue, part, prepared, standing.terms_of(queue.conversation, part, now))
    if part.delivery is not None and part.delivery.expires_at <= now:
        recording.end(queue, part, Status.EXPIRED, problems.TOO_OLD)
        return None
    if part.retry_at and part.retry_at > now:
        return part.retry_at
    if is_blocked(queue.conversation):
        recording.hold_all(queue)
        return None
    doubtful = [attempt for attempt in queue.attempts_at(part) if attempt.outcome in (Outcome.OPEN, Outcome.UNKNOWN)]
    if doubtful:
        waiting = _settle_doubt(queue, part, doubtful, now)
        if waiting or part not in queue.parts:
            return waiting
    if packing.is_due(part):
        return packing.pack(queue, part)
    terms = standing.terms_of(queue.conversation, part, now)
    rung = _rung(queue, part, terms)
    if rung is None and (part.content.get("encore") or part.content.get("courtesy")):
        speaking.leave_out(queue, part)
        return None
    if rung is None:
        recording.end(queue, part, Status.FAILED, _why_not(queue, part))
        return None
    if refusal := wishes.against(part, queue.conversation.participant, rung.name):
        recording.end(queue, part, Status.FAILED, refusal)
        return None
    pieces = rung.pieces(standing.part_of(queue, part), terms)
    if pieces != [part.text]:
        splitting.cut(queue, part, pieces, keeps_form=rung in FORMS)
        terms = standing.terms_of(queue.conversation, part, now)
        rung = _rung(queue, part, terms) or rung
    if rung.name == VOICE and not _is_spoken(queue, part, terms):
        return None
    place = _place(queue)
    if not place.booked:
        return _wait(queue, part, place)
    attempt = Attempt(message=part, rung=rung.name)
    mailboxes.record(queue.mailbox, inserting([attempt]))
    return _send(queue, part, attempt, terms)


def prepare(queue: Queue, parts: Sequence[Message]) -> Attempt | None:
    """The first attempt at the first of `parts`, which are about to be promised, for both to be written at once.

    Nothing where it has to wait for anything, or to be cut: `deliver` then finds its way.
    """
    if queue.parts or not parts or is_blocked(queue.conversation) or packing.is_due(parts[0]):
        return None
    part, terms = parts[0], standing.terms_of(queue.conversation, parts[0], clock.now())
    said = standing.said(part)
    rung = next(iter(rungs(said, terms)), None)
    if rung is None or rung.name == VOICE or terms.templates_left is not None:
        return None
    if rung.pieces(said, terms) != [part.text]:
        return None
    queue.place = _place(queue)
    if not queue.place.booked:
        return None
    queue.place = None
    return Attempt(message=part, rung=rung.name)


def _is_spoken(queue: Queue, part: Message, terms: Terms) -> bool:
    """Have the voice note made, which takes a while, before an attempt says that something may have gone out.

    Where there is none to be had, the attempt that failed is written down.
    """
    let_go()
    try:
        RUNGS[VOICE].make(standing.part_of(queue, part), terms)
    except GatewayError as exc:
        attempt = Attempt(message=part, rung=VOICE)
        mailboxes.record(queue.mailbox, inserting([attempt]))
        queue.attempts_at(part).append(attempt)
        _refused(queue, part, attempt, exc)
        return False
    return True


def _place(queue: Queue) -> Place:
    """Where we stand with the next part: a place that is booked lets it go now."""
    place, queue.place = queue.place, None
    if place is not None:
        return place
    if queue.lines and queue.lines.is_crowded(queue.conversation.channel_id):
        return Place(0.0, booked=False)
    return pacing.book(*pacing.of_conversation(queue.conversation))


def _wait(queue: Queue, part: Message, place: Place) -> datetime:
    """Stand in line where the turn comes within a moment; otherwise it is written down when to look again."""
    if queue.lines is None or place.wait > lines.LONGEST:
        return recording.postpone(part, place.wait)
    queue.in_line = True
    return clock.now()


def _send(queue: Queue, part: Message, attempt: Attempt, terms: Terms) -> datetime | None:
    channel, person = queue.conversation.channel, queue.conversation.participant
    rung = RUNGS[attempt.rung]
    queue.attempts_at(part).append(attempt)
    let_go()
    try:
        outbound = rung.make(standing.part_of(queue, part), terms)
        callback = f"{part.pk.hex}.{attempt.pk.hex}"
        if not queue.mailbox.is_surely_ours():
            raise LeaseLost
        sent = gateway_for(channel.provider).send(channel.phone_number_id, person.address, outbound, callback)
    except GatewayError as exc:
        log.info(
            "send_refused", message=str(part.pk), rung=rung.name, code=exc.problem.code, verdict=type(exc).__name__
        )
        return _refused(queue, part, attempt, exc)
    recording.accepted(queue, part, attempt, sent)
    return None


def _refused(queue: Queue, part: Message, attempt: Attempt, error: GatewayError) -> datetime | None:
    """Write down what Meta's refusal came to; gives when to try again, or `None` where the queue may go on."""
    match error:
        case OutcomeUnknown():
            return recording.unknown(part, attempt, error, clock.now() + doubt.PATIENCE)
        case OurFault() if attempt.rung in statuses.WORDLESS:
            log.warning("form_refused", message=str(part.pk), rung=attempt.rung, code=error.problem.code)
            packing.refused(queue.conversation.channel, part)
            recording.step_down(queue, attempt, error)
        case TryLater():
            return recording.try_later(queue, part, attempt, error)
        case WindowShut():
            queue.conversation.shut_window(attempt.created_at)
            queue.conversation.refresh_from_db(fields=["service_window_expires_at"])
            recording.step_down(queue, attempt, error)
        case TooLong():
            recording.learn_room(queue, part, attempt, error, _room_of_template(queue))
        case StepDown():
            recording.step_down(queue, attempt, error)
        case AccessLost():
            recording.hold(queue, part, attempt, error)
        case GiveUp():
            recording.give_up(queue, part, attempt, error)
        case _:
            raise error
    return None


def _settle_doubt(queue: Queue, part: Message, doubtful: Sequence[Attempt], now: datetime) -> datetime | None:
    channel_id = queue.conversation.channel_id
    recording.orphaned(Attempt.objects.filter(pk__in=[attempt.pk for attempt in doubtful]))
    tried_at = [attempt.created_at for attempt in doubtful]
    resolution = doubt.resolve(tried_at, _heard_at(queue.conversation), now)
    if not isinstance(resolution, doubt.Wait) and statuses.lag_behind(channel_id, now):
        resolution = doubt.Wait(now + statuses.A_MOMENT, part.unconfirmed)
    match resolution:
        case doubt.Wait(until, unconfirmed):
            return recording.wait_for_status(part, until, unconfirmed=unconfirmed)
        case doubt.Despair():
            recording.end(queue, part, Status.FAILED, problems.UNKNOWN_TWICE)
    return None


def _heard_at(conversation: Conversation) -> datetime | None:
    """When Meta last told this number anything: a pulse is written now and then, so the person's own word counts."""
    pulse = Pulse.objects.filter(channel=conversation.channel_id).first()
    own = Message.objects.filter(conversation=conversation, direction=Direction.INBOUND)
    moments = [own.order_by("-id").values_list("created_at", flat=True).first()]
    moments += [pulse.last_status_at, pulse.last_message_at] if pulse else []
    return max((moment for moment in moments if moment), default=None)


def _rung(queue: Queue, part: Message, terms: Terms) -> Rung | None:
    return next(iter(rungs(standing.part_of(queue, part), terms, standing.tried(queue, part, terms))), None)


def _why_not(queue: Queue, part: Message) -> Problem:
    """Why no rung is left: what Meta said of the last one, or else what is wrong with the file."""
    wrong = None if queue.attempts_at(part) else packing.problem(part)
    return wrong or recording.no_rung_left(queue, part)


def is_blocked(conversation: Conversation) -> bool:
    return bool(conversation.channel.blocked_at or conversation.channel.provider.blocked_at)


def _room_of_template(queue: Queue) -> int | None:
    """How much our text may take beside the words of the template, as Meta has it now; `None` where it cannot say."""
    provider = queue.conversation.channel.provider
    let_go()
    try:
        found = gateway_for(provider).templates(TEMPLATE)
    except GatewayError:
        return None
    bodies = [template.body for template in found if template.language == provider.template_language]
    return fitting.room(bodies[0]) if bodies else None
