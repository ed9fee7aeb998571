"""Working: what the holder of a mailbox does, turn by turn and part by part, until nothing is left in it."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

import structlog

from channels_app import claiming, clock, mailboxes, opening
from channels_app.errors import Problem
from channels_app.inbound import asking, receiving
from channels_app.inbound.asking import BotFailed, NotYet
from channels_app.mailboxes import LeaseLost
from channels_app.media import fetching
from channels_app.models import Conversation, Message, Status
from channels_app.models.holding import DATABASE_TROUBLE, let_go
from channels_app.outbound import delivering, recording
from channels_app.outbound.queue import Queue
from channels_app.phrases import marked as _

log = structlog.get_logger(__name__)

stopping = Event()
"""Set when this process is to end: what is under way is finished, and nothing new is begun."""

BOT_TRIES = 4
DATABASE_PAUSE = timedelta(seconds=5)
WORKER_TRIES = 5
"""How often a mailbox may cost its worker's life before the turn at its head is set aside."""


BROKE_ITS_WORKER = Problem(
    code=0,
    title=_("Set aside"),
    detail=_("Sending this message ended its worker, several times over."),
    advice=_("Report it to whoever runs this server; the worker's log of that time says more."),
)


@dataclass(slots=True)
class Shift:
    """What one holder's work on a mailbox left behind: statuses to apply, and when there is something to do again.

    `in_line` is a queue that keeps its lease, to be drained again when its turn has come.
    """

    statuses_joined: bool = False
    next_at: datetime | None = None
    in_line: Queue | None = None


def work_off() -> int:
    """Receive what came, work on what is due and fetch a file, in this thread; gives how much there was of all that."""
    received = receiving.receive()
    queues = deque(received.opened or opening.opened(claiming.claim().mailboxes))
    done = received.count + len(queues)
    try:
        while queues:
            drain(queues.popleft())
    finally:
        mailboxes.let_expire(queue.mailbox for queue in queues)
    return done + fetching.fetch_next()


def drain(queue: Queue) -> Shift:
    """Work on `queue` and what else comes into its mailbox, until that is empty or has to wait.

    A lease that was lost ends it: whoever has it now goes on at the first step that was not recorded.
    """
    shift, finished, mailbox = Shift(), False, queue.mailbox
    try:
        while not finished:
            if mailbox.tries >= WORKER_TRIES:
                _set_head_aside(queue)
            shift.next_at = _work(queue)
            shift.statuses_joined |= queue.statuses_joined
            if queue.in_line and not stopping.is_set():
                return _in_line(shift, queue)
            finished = queue.is_released or mailboxes.release(mailbox, shift.next_at)
            if not finished:
                queue = _opened_again(queue)
    except (LeaseLost, Conversation.DoesNotExist):  # which is gone where it became part of another
        log.warning("lease_lost", conversation=str(mailbox.conversation_id))
        finished = True
        mailboxes.released(mailbox)
    except BotFailed as exc:
        shift.next_at, finished = clock.now() + _pause(exc.tries), True
        mailboxes.give_back(mailbox, shift.next_at)
    except DATABASE_TROUBLE:
        finished = True
        let_go()  # the connection may be what failed
        mailboxes.give_back(mailbox, clock.now() + DATABASE_PAUSE)
        raise
    finally:
        if not finished and not shift.in_line:
            let_go()
            mailboxes.abandon(mailbox, clock.now() + _pause(mailbox.tries))
    return shift


def _pause(tries: int) -> timedelta:
    return timedelta(seconds=2.0 ** min(tries, 6))


def _opened_again(queue: Queue) -> Queue:
    """The mailbox was rung while we worked on it."""
    for again in opening.opened([queue.mailbox], queue.lines):
        return again
    raise LeaseLost


def _in_line(shift: Shift, queue: Queue) -> Shift:
    shift.next_at, shift.in_line = None, queue
    return shift


def _set_head_aside(queue: Queue) -> None:
    """What stands first in this mailbox has cost too many workers their life: it is held, and the rest goes on."""
    mailboxes.record(queue.mailbox, [])
    if queue.parts and not queue.parts[0].retry_at:
        recording.end(queue, queue.parts[0], Status.FAILED, BROKE_ITS_WORKER)
    elif queue.theirs:
        turn = asking.next_turn(queue.conversation, queue.theirs, clock.now())
        aside = queue.theirs if isinstance(turn, NotYet) else turn
        asking.set_aside(aside)
        queue.answered(aside)


def _work(queue: Queue) -> datetime | None:
    """Send what can be sent and ask what can be asked; gives when to look again, where something has to wait.

    A part that waits holds those behind it, and the bot is asked meanwhile.
    """
    retry_at: datetime | None = None
    while queue.prepared or not stopping.is_set():
        if queue.parts and retry_at is None:
            retry_at = delivering.deliver(queue)
        elif queue.theirs:
            turn = asking.next_turn(queue.conversation, queue.theirs, clock.now())
            if isinstance(turn, NotYet):
                return min(turn.until, retry_at or turn.until)
            _ask(queue, turn)
        else:
            return retry_at
    return clock.now()


def _ask(queue: Queue, turn: list[Message]) -> None:
    queue.answered(turn)
    try:
        asking.ask(queue, turn)
    except BotFailed as exc:
        if exc.tries < BOT_TRIES:
            raise
        asking.put_off(turn, exc.tries - BOT_TRIES)
        mailboxes.record(queue.mailbox, [])
