"""Asking: the messages that wait become turns, a bot answers each, and the answer is promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import cast
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from channels_app import clock, mailboxes
from channels_app.bots.contract import Answer, Engine, Reply, Turn
from channels_app.inbound import turns
from channels_app.inbound.admission import may_answer
from channels_app.models import Bot, Conversation, Direction, Message, Source, Status
from channels_app.models.holding import let_go
from channels_app.models.together import inserting, updating
from channels_app.outbound import delivering, presence, promising
from channels_app.outbound.queue import Queue

log = structlog.get_logger(__name__)

RESET = "/reset"
SAID_ONCE_A = timedelta(hours=24)
LONGEST_GATHERING = 10
"""Times the channel's `debounce`, after which a turn is asked even if the person goes on writing."""


class BotFailed(Exception):
    """The bot raised something: its turn is asked again, a little later, a few times."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """More may follow: the turn is formed at `until`."""

    until: datetime


def next_turn(conversation: Conversation, waiting: Sequence[Message], now: datetime) -> list[Message] | NotYet:
    """The messages of the next turn, in Meta's order. One each, unless the channel takes quick ones together."""
    ordered = sorted(waiting, key=lambda message: (message.sent_at or message.created_at, message.pk))
    first = ordered[0]
    quiet = timedelta(seconds=conversation.channel.debounce)
    if first.turn_id:
        return [message for message in ordered if message.turn_id == first.turn_id]
    if not quiet or _is_reset(first):
        return [first]
    ordered = list(takewhile(lambda message: not _is_reset(message), ordered))
    latest = max(message.created_at for message in ordered)
    until = min(latest + quiet, first.created_at + LONGEST_GATHERING * quiet)
    return NotYet(until) if until > now else ordered


def ask(queue: Queue, turn: Sequence[Message]) -> None:
    """Ask the bot about `turn`, and promise what it answers, with the turn marked as answered in one transaction.

    Raises `BotFailed` and `LeaseLost`; no connection is held while the bot thinks.
    """
    conversation = queue.conversation
    if not may_answer(conversation.channel):
        Message.objects.filter(pk__in=[message.pk for message in turn]).update(status=Status.HELD)
        return
    turn_id = _name(turn)
    if _is_reset(turn[0]):
        _start_anew(queue, turn, turn_id)
        return
    if _was_told(conversation, turn):
        mailboxes.record(queue.mailbox, [updating(_rows(turn), status=Status.IGNORED)])
        return
    engine = _engine(conversation.channel.bot)
    asked = turns.turn(conversation, turn, turn_id)
    let_go()
    with presence.typing(conversation.channel, turn[-1].wamid):
        answer = _reply(engine, asked)
    _promise(queue, turn, turn_id, answer)


def _name(turn: Sequence[Message]) -> UUID:
    """A turn's id is that of its first message; one of several messages is written down, to be the same next time."""
    first = turn[0]
    if len(turn) > 1 and first.turn_id is None:
        Message.objects.filter(pk__in=[message.pk for message in turn]).update(turn_id=first.pk)
    return first.turn_id or first.pk


def _engine(bot: Bot) -> Engine:
    return cast(Engine, import_string(settings.BOT_ENGINES[bot.engine])(**bot.config))


def _reply(engine: Engine, turn: Turn) -> Answer:
    try:
        return engine.reply(turn)
    except Exception as exc:
        log.warning("bot_failed", turn=turn.id, error=type(exc).__name__)
        raise BotFailed from exc


def _promise(queue: Queue, turn: Sequence[Message], turn_id: UUID, answer: Answer) -> None:
    """Promise the replies, behind what has to be said before the first of them."""
    conversation = queue.conversation
    channel = conversation.channel
    consent = [] if conversation.consent_asked_at else [Reply(text=channel.consent_message)]
    asked = promising.plan(conversation, channel, consent, source=Source.SYSTEM)
    made = promising.plan(
        conversation, channel, answer.replies, source=Source.BOT, turn_id=turn_id, quoted=_target(turn[-1])
    )
    news: dict[str, object] = {}
    if made.messages and asked.messages:
        made = asked.before(made)
        conversation.consent_asked_at = clock.now()
        news["consent_asked_at"] = conversation.consent_asked_at
    _answer(queue, turn, turn_id, made, news)


def _start_anew(queue: Queue, turn: Sequence[Message], turn_id: UUID) -> None:
    """What was said up to this message is not the bot's affair any more."""
    conversation = queue.conversation
    said = Reply(text=conversation.channel.reset_message)
    made = promising.plan(conversation, conversation.channel, [said], source=Source.SYSTEM, turn_id=turn_id)
    conversation.history_from, conversation.question_id = turn[0].pk, None
    _answer(queue, turn, turn_id, made, {"history_from": turn[0].pk, "question_id": None})


def _answer(
    queue: Queue, turn: Sequence[Message], turn_id: UUID, made: promising.Plan, news: dict[str, object]
) -> None:
    """Write down the replies, the first attempt at them, and the turn as answered: all of it at once."""
    prepared = delivering.prepare(queue, made.messages)
    answered = updating(_rows(turn), status=Status.ANSWERED, turn_id=turn_id)
    writes = [*made.writes(), *inserting([prepared] if prepared else []), answered]
    if made.messages:
        queue.conversation.question_id = made.question_id
        news = {"question_id": made.question_id, **news}
    mailboxes.record(queue.mailbox, writes, last_message_at=clock.now(), **news)
    queue.promised(made.messages, prepared)


def _target(message: Message) -> str:
    """The wamid that an answer to `message` may quote, or react to: no reaction itself can be that."""
    return message.quoted if message.type == "reaction" else message.wamid


def _rows(turn: Sequence[Message]) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=[message.pk for message in turn])


def _is_reset(message: Message) -> bool:
    return message.type == "text" and message.text.strip().casefold() == RESET


def _was_told(conversation: Conversation, turn: Sequence[Message]) -> bool:
    """Whether all of `turn` is of a kind that WhatsApp hands over to nobody, and the person knows that already."""
    if any(message.type != "unsupported" for message in turn):
        return False
    before = Message.objects.filter(
        conversation=conversation,
        direction=Direction.INBOUND,
        pk__lt=turn[0].pk,
        created_at__gt=clock.now() - SAID_ONCE_A,
    )
    last = before.exclude(status=Status.IGNORED).order_by("-id").first()
    return last is not None and last.type == "unsupported" and last.status == Status.ANSWERED


def set_aside(turn: Sequence[Message]) -> None:
    """A message that broke its worker, or its bot, too often is held: shown, and released by an operator."""
    error = {
        "code": 0,
        "title": "Set aside",
        "detail": "The bot could not answer this message, several times over.",
        "advice": "See what the bot's log says, then release the message to have it asked again.",
    }
    Message.objects.filter(pk__in=[message.pk for message in turn]).update(status=Status.HELD, error=error)
    log.error("set_aside", messages=[str(message.pk) for message in turn])
