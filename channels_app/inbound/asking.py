"""Asking: the messages that wait become turns, a bot answers each, and the answer is promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from channels_app import clock, mailboxes, notices
from channels_app.bots import wiring
from channels_app.bots.contract import Answer, CannotAnswer, Engine, Reply, Turn
from channels_app.errors import Problem
from channels_app.inbound import answering, interruptions, turns, unasked
from channels_app.inbound.admission import may_answer
from channels_app.inbound.answering import rows
from channels_app.media import fetching
from channels_app.models import Conversation, Interruption, Message, Status
from channels_app.models.holding import let_go
from channels_app.outbound import presence
from channels_app.outbound.queue import Queue
from channels_app.phrases import marked as _

log = structlog.get_logger(__name__)

LONGEST_GATHERING = 10
"""Times the channel's `debounce`, after which a turn is asked even if the person goes on writing."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)

SET_ASIDE = Problem(
    code=0,
    title=_("Set aside"),
    detail=_("The bot could not answer this message, several times over."),
    advice=_("See what the bot's log says, then release the message to have it asked again."),
)


class BotFailed(Exception):
    """The bot raised something, `tries` times by now: its turn is asked again, a little later, a few times."""

    def __init__(self, tries: int) -> None:
        super().__init__(tries)
        self.tries = tries


@dataclass(frozen=True, slots=True)
class NotYet:
    """More may follow: the turn is formed at `until`."""

    until: datetime


def next_turn(conversation: Conversation, waiting: Sequence[Message], now: datetime) -> list[Message] | NotYet:
    """The messages of the next turn, in Meta's order, once their files are there or were waited for long enough."""
    turn = _gathered(conversation, waiting, now)
    until = None if isinstance(turn, NotYet) else fetching.awaited(turn, now)
    return NotYet(until) if until else turn


def _gathered(conversation: Conversation, waiting: Sequence[Message], now: datetime) -> list[Message] | NotYet:
    """One each, unless the channel takes quick ones together, or starts over whenever there is another one."""
    ordered = sorted(waiting, key=lambda message: (message.sent_at or message.created_at, message.pk))
    first = ordered[0]
    quiet = timedelta(seconds=conversation.channel.debounce)
    if first.turn_id:
        return [message for message in ordered if message.turn_id == first.turn_id]
    if unasked.is_reset(first):
        return [first]
    ordered = unasked.up_to_reset(ordered)
    if not quiet and conversation.channel.when_interrupted == Interruption.START_OVER:
        return [message for message in ordered if message.turn_id is None]
    if not quiet:
        return [first]
    latest = max(message.created_at for message in ordered)
    until = min(latest + quiet, first.created_at + LONGEST_GATHERING * quiet)
    return NotYet(until) if until > now else ordered


def ask(queue: Queue, turn: Sequence[Message]) -> None:
    """Ask the bot about `turn`, and promise what it answers, with the turn marked as answered in one transaction.

    Raises `BotFailed` and `LeaseLost`; no connection is held while the bot thinks.
    """
    conversation = queue.conversation
    if conversation.waiting_since or conversation.paused_until or not may_answer(conversation.channel):
        answering.hold(queue, turn)
        return
    turn_id = _name(turn)
    if unasked.is_reset(turn[0]):
        answering.start_anew(queue, turn, turn_id)
        return
    if unasked.was_told(conversation, turn):
        answering.ignore(queue, turn)
        return
    try:
        engine = wiring.engine_for(conversation.channel.bot)
        if conversation.channel.unheard_message and unasked.is_unheard(turn, engine):
            said = Reply(text=conversation.channel.unheard_message)
            answering.answer(queue, turn, turn_id, None, Answer(replies=(said,)))
            return
        asked = turns.turn_of(conversation, turn, turn_id, engine)
        let_go()
        with presence.typing(conversation.channel, turn[-1].wamid):
            answer = _reply(engine, asked, turn[0])
    except CannotAnswer as exc:
        _cannot(queue, turn, exc)
        return
    if answer.problem:
        notices.tell(conversation.channel.provider, notices.BOT, answer.problem, conversation.channel)
    if not interruptions.start_over(queue, turn):
        answering.answer(queue, turn, turn_id, engine, answer)


def _name(turn: Sequence[Message]) -> UUID:
    """A turn's id is that of its first message; one of several messages is written down, to be the same next time."""
    first = turn[0]
    if len(turn) > 1 and first.turn_id is None:
        rows(turn).update(turn_id=first.pk)
    return first.turn_id or first.pk


def _reply(engine: Engine, turn: Turn, first: Message) -> Answer:
    try:
        return engine.reply(turn)
    except CannotAnswer:
        raise
    except Exception as exc:
        log.warning("bot_failed", turn=turn.id, error=type(exc).__name__)
        raise BotFailed(_tries_of(first)) from exc


def _tries_of(first: Message) -> int:
    """How often the bot has failed at the turn of `first` by now, this time included."""
    first.tries += 1
    Message.objects.filter(pk=first.pk).update(tries=first.tries)
    return first.tries


def _cannot(queue: Queue, turn: Sequence[Message], exc: CannotAnswer) -> None:
    """The team is told why. Where asking again would change nothing, the turn is set aside; else raises `BotFailed`."""
    channel = queue.conversation.channel
    log.warning("bot_cannot_answer", turn=str(turn[0].pk), title=exc.problem.title, final=exc.is_final)
    notices.tell(channel.provider, notices.BOT, exc.problem, channel)
    rows(turn).update(error=exc.problem.as_json())
    if not exc.is_final:
        raise BotFailed(_tries_of(turn[0])) from exc
    rows(turn).update(status=Status.HELD)
    mailboxes.record(queue.mailbox, [])


def put_off(turn: Sequence[Message], tries: int) -> None:
    """A bot that failed `tries` times is asked again after pauses that grow, while an answer may still be sent."""
    set_aside(turn)
    first = turn[0]
    again_at = clock.now() + min(FIRST_PAUSE * 2.0 ** min(tries, 12), LONGEST_PAUSE)
    if again_at < first.created_at + timedelta(seconds=first.channel.reply_expires_after):
        rows(turn).update(retry_at=again_at)


def set_aside(turn: Sequence[Message]) -> None:
    """A message that broke its worker, or its bot, too often is held: shown, and released by an operator."""
    rows(turn).update(status=Status.HELD)
    if not turn[0].error:
        rows(turn).update(error=SET_ASIDE.as_json())
        notices.tell(turn[0].channel.provider, notices.BOT, SET_ASIDE, turn[0].channel)
    log.error("set_aside", messages=[str(message.pk) for message in turn])
