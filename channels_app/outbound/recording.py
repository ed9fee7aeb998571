"""Recording: what became of an attempt, written to its message and to whatever hangs on it."""

import random
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from channels_app import blocking, clock, identity, mailboxes, notices
from channels_app.errors import AccessLost, GatewayError, GiveUp, OurFault, Problem, Throttled, TooLong, TryLater
from channels_app.gateways.base import Sent
from channels_app.models import (
    Attempt,
    EventState,
    InboundEvent,
    Message,
    Outcome,
    Participant,
    Provider,
    Status,
)
from channels_app.models.together import Sql, Write, changing, write
from channels_app.outbound import pacing, problems, spoken
from channels_app.outbound.queue import Queue

log = structlog.get_logger(__name__)

ACCEPTED_OR_FURTHER = Sql("CASE WHEN status IN ('pending', 'held') THEN 'accepted' ELSE status END")
LONGEST_PAUSE = 3600.0
FEW_TRIES = {1: 3, 131000: 4}
"""Faults that are as likely ours as Meta's: not tried for hours (graph-api: retry x2, x3)."""

REACTION = "reaction"


def accepted(queue: Queue, part: Message, attempt: Attempt, sent: Sent) -> None:
    """Meta took it. Statuses that came before this answer are joined now."""
    early = {"external_id": sent.external_id, "channel": part.channel_id, "state": EventState.UNMATCHED}
    closed = closing(attempt, Outcome.ACCEPTED, wamid=sent.external_id)
    writes = [_sent(part, attempt), closed, changing(InboundEvent, early, state=EventState.WAITING)]
    if queue.holds_only(part):  # first, for statuses lock conversation, message and attempt in this order, too
        writes.insert(0, mailboxes.releasing(queue.mailbox, None))
    *released, _, _, joined = write(writes)
    queue.statuses_joined |= bool(joined)
    if any(released):
        mailboxes.released(queue.mailbox)
        queue.is_released = True
    queue.drop([part])
    _learn_address(queue.conversation.participant, sent)
    if attempt.rung == "template" and part.type != "template":
        notices.close(queue.conversation.channel.provider, notices.TEMPLATE)


def _sent(part: Message, attempt: Attempt) -> Write:
    """A status may have moved the message already: it never moves back."""
    return changing(
        Message,
        {"pk": part.pk},
        status=ACCEPTED_OR_FURTHER,
        wamid=attempt.wamid,
        sent_as=attempt.rung,
        sent_at=attempt.closed_at,
        error=None,
        retry_at=None,
        tries=0,
        overtakes=False,
        unconfirmed=False,
        **spoken.attached(part, attempt.rung),
    )


def close(attempt: Attempt, outcome: Outcome, *, wamid: str = "", problem: Problem | None = None) -> None:
    write([closing(attempt, outcome, wamid=wamid, problem=problem)])


def closing(attempt: Attempt, outcome: Outcome, *, wamid: str = "", problem: Problem | None = None) -> Write:
    """The write that says what became of `attempt`."""
    attempt.outcome = outcome
    attempt.wamid = wamid
    attempt.error = problem.as_json() if problem else None
    attempt.closed_at = clock.now()
    return changing(
        Attempt,
        {"pk": attempt.pk},
        outcome=outcome,
        wamid=wamid,
        error=attempt.error,
        closed_at=attempt.closed_at,
    )


def step_down(queue: Queue, attempt: Attempt, error: GatewayError) -> None:
    """This rung does not hold: the next look at the queue takes a lower one."""
    close(attempt, Outcome.STEPPED_DOWN, problem=error.problem)


def learn_room(queue: Queue, part: Message, attempt: Attempt, error: TooLong, room: int | None) -> None:
    """The template takes less than we thought. Plan once more with `room` characters, or a tenth fewer than before."""
    provider = queue.conversation.channel.provider
    refusals = [earlier for earlier in queue.attempts_at(part) if earlier.outcome == Outcome.POSTPONED]
    if any(earlier.error and earlier.error["code"] == error.problem.code for earlier in refusals):
        give_up(queue, part, attempt, GiveUp(error.problem, template=True))
        return
    close(attempt, Outcome.POSTPONED, problem=error.problem)
    before = provider.template_room or 974
    provider.template_room = room if room and room < before else before * 9 // 10
    Provider.objects.filter(pk=provider.pk).update(template_room=provider.template_room)


def try_later(queue: Queue, part: Message, attempt: Attempt, error: TryLater) -> datetime | None:
    """Back off, with jitter; `None` where it has been tried often enough for a fault of this kind."""
    if part.tries + 1 >= FEW_TRIES.get(error.problem.code, 1_000):
        give_up(queue, part, attempt, OurFault(error.problem))
        return None
    close(attempt, Outcome.POSTPONED, problem=error.problem)
    wait = pause(part.tries, error)
    if isinstance(error, Throttled):
        _slow_down(queue, error, wait)
    part.tries += 1
    return postpone(part, wait, error.problem)


def pause(tries: int, error: TryLater) -> float:
    """Seconds until the next try: Meta's own word where it gave one, otherwise 1, 2, 4 … up to an hour, with jitter."""
    if error.retry_after:
        return min(error.retry_after, LONGEST_PAUSE)
    base = 4 if isinstance(error, Throttled) and error.pair else 2
    return min(float(base ** min(tries, 12)), LONGEST_PAUSE) * random.uniform(0.75, 1.25)  # noqa: S311


def _slow_down(queue: Queue, error: Throttled, wait: float) -> None:
    channel = queue.conversation.channel
    bucket = pacing.of_number(channel.pk, channel.throughput)
    pacing.slow(pacing.of_pair(queue.conversation.pk) if error.pair else bucket, wait)
    if error.warning:
        notices.tell(channel.provider, notices.SPAM, error.problem, channel)


def postpone(part: Message, wait: float, problem: Problem | None = None) -> datetime:
    part.retry_at = clock.now() + timedelta(seconds=wait)
    changes: dict[str, object] = {"retry_at": part.retry_at, "tries": part.tries}
    if problem:
        changes["error"] = problem.as_json()
    Message.objects.filter(pk=part.pk).update(**changes)
    return part.retry_at


def unknown(part: Message, attempt: Attempt, error: GatewayError, until: datetime) -> datetime:
    """It may have gone: a status may prove it until then."""
    with transaction.atomic():
        row = Attempt.objects.select_for_update().get(pk=attempt.pk)
        if row.outcome == Outcome.OPEN:
            close(attempt, Outcome.UNKNOWN, problem=error.problem)
    return wait_for_status(part, until, unconfirmed=False)


def orphaned(attempts: QuerySet[Attempt]) -> None:
    """Whoever made those of `attempts` that are open does not hold the lease any more: their outcome is unknown."""
    attempts.filter(outcome=Outcome.OPEN).update(
        outcome=Outcome.UNKNOWN, error=problems.NOT_RECORDED.as_json(), closed_at=clock.now()
    )


def wait_for_status(part: Message, until: datetime, *, unconfirmed: bool) -> datetime:
    part.retry_at = until
    Message.objects.filter(pk=part.pk).update(retry_at=until, unconfirmed=unconfirmed)
    return until


def hold(queue: Queue, part: Message, attempt: Attempt, error: AccessLost) -> None:
    """Nobody's message goes from this provider, or this one number, until it is mended: hold what is there."""
    channel = queue.conversation.channel
    close(attempt, Outcome.HELD, problem=error.problem)
    Message.objects.filter(pk=part.pk).update(error=error.problem.as_json())
    blocking.block(channel, error.problem, number_only=error.number_only)
    hold_all(queue)


def hold_all(queue: Queue) -> None:
    Message.objects.filter(pk__in=[part.pk for part in queue.parts]).update(status=Status.HELD, retry_at=None)
    queue.parts = []


def give_up(queue: Queue, part: Message, attempt: Attempt, error: GiveUp) -> None:
    """Final: this message has failed, and the rest of its delivery with it."""
    if isinstance(error, OurFault):
        log.error("request_refused", message=str(part.pk), code=error.problem.code, detail=error.problem.detail)
    close(attempt, Outcome.GIVEN_UP, problem=error.problem)
    channel = queue.conversation.channel
    if error.template and part.type != "template":  # what the bot asks for by name is its own affair
        notices.tell(channel.provider, notices.TEMPLATE, error.problem)
    elif error.operator:
        notices.tell(channel.provider, notices.ACCOUNT, error.problem, channel)
    end(queue, part, Status.FAILED, error.problem)


def end(queue: Queue, part: Message, status: Status, problem: Problem) -> None:
    """Final without another attempt: `part` and the rest of its delivery end so.

    Nothing hangs on a reaction, nor on a file that is not there.
    """
    is_alone = part.type == REACTION or any(entry.get("error") for entry in part.attachments)
    rest = [part] if is_alone else [part, *queue.followers(part)]
    orphaned(Attempt.objects.filter(message__in=rest))
    Message.objects.filter(pk__in=[row.pk for row in rest]).update(
        status=status, error=problem.as_json(), retry_at=None, overtakes=False
    )
    queue.drop(rest)


def no_rung_left(queue: Queue, part: Message) -> Problem:
    """Why none of the rungs is left: what Meta said last, or else that our own cap was reached."""
    errors = [attempt.error for attempt in queue.attempts_at(part) if attempt.error]
    if errors:
        return Problem(**errors[-1])
    return problems.NO_REACTION if part.type == REACTION else problems.TEMPLATES_USED_UP


def _learn_address(person: Participant, sent: Sent) -> None:
    """Meta may know a number under another id than the one typed: webhooks will use Meta's."""
    wa_id = sent.recipient.wa_id
    if not wa_id or wa_id == person.wa_id or not person.wa_id:
        return
    with transaction.atomic():
        identity.learn_number(person, wa_id)
