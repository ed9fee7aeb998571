"""Asking: the messages that wait become turns, a bot answers each, and the answer is promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from channels_app import clock, mailboxes
from channels_app.bots.contract import Answer, Engine, Person, Said, Turn
from channels_app.inbound.admission import may_answer
from channels_app.models import Bot, Conversation, Message, Source, Status
from channels_app.models.holding import let_go
from channels_app.models.together import inserting, updating
from channels_app.outbound import delivering, presence, promising
from channels_app.outbound.queue import Queue

log = structlog.get_logger(__name__)

LONGEST_GATHERING = 10
"""Times the channel's `debounce`, after which a turn is asked even if the person goes on writing."""


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
    """The messages of the next turn, in Meta's order. One each, unless the channel takes quick ones together."""
    ordered = sorted(waiting, key=lambda message: (message.sent_at or message.created_at, message.pk))
    first = ordered[0]
    quiet = timedelta(seconds=conversation.channel.debounce)
    if first.turn_id:
        return [message for message in ordered if message.turn_id == first.turn_id]
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
    if not may_answer(conversation.channel):
        Message.objects.filter(pk__in=[message.pk for message in turn]).update(status=Status.HELD)
        return
    turn_id = _name(turn)
    engine = _engine(conversation.channel.bot)
    asked = _turn(conversation, turn, turn_id)
    let_go()
    with presence.typing(conversation.channel, turn[-1].wamid):
        answer = _reply(engine, asked, turn[0])
    _promise(queue, turn, turn_id, answer)


def _name(turn: Sequence[Message]) -> UUID:
    """A turn's id is that of its first message; one of several messages is written down, to be the same next time."""
    first = turn[0]
    if len(turn) > 1 and first.turn_id is None:
        Message.objects.filter(pk__in=[message.pk for message in turn]).update(turn_id=first.pk)
    return first.turn_id or first.pk


def _engine(bot: Bot) -> Engine:
    return cast(Engine, import_string(settings.BOT_ENGINES[bot.engine])(**bot.config))


def _reply(engine: Engine, turn: Turn, first: Message) -> Answer:
    try:
        return engine.reply(turn)
    except Exception as exc:
        log.warning("bot_failed", turn=turn.id, error=type(exc).__name__)
        first.tries += 1
        Message.objects.filter(pk=first.pk).update(tries=first.tries)
        raise BotFailed(first.tries) from exc


def _turn(conversation: Conversation, messages: Sequence[Message], turn_id: UUID) -> Turn:
    person = conversation.participant
    return Turn(
        id=str(turn_id),
        conversation=str(conversation.pk),
        channel=str(conversation.channel_id),
        participant=Person(id=str(person.pk), name=person.name),
        messages=tuple(
            Said(
                id=str(message.pk),
                type=message.type,
                text=message.text,
                sent_at=message.sent_at or message.created_at,
                content=message.content,
                quoted=message.quoted or None,
            )
            for message in messages
        ),
        window_expires_at=conversation.service_window_expires_at,
    )


def _promise(queue: Queue, turn: Sequence[Message], turn_id: UUID, answer: Answer) -> None:
    """Write down the replies, the first attempt at them, and the turn as answered: all of it at once."""
    conversation = queue.conversation
    made = promising.plan(
        conversation, conversation.channel, answer.replies, source=Source.BOT, turn_id=turn_id, quoted=turn[-1].wamid
    )
    prepared = delivering.prepare(queue, made.messages)
    answered = updating(
        Message.objects.filter(pk__in=[message.pk for message in turn]), status=Status.ANSWERED, turn_id=turn_id
    )
    writes = [*made.writes(), *inserting([prepared] if prepared else []), answered]
    mailboxes.record(queue.mailbox, writes, last_message_at=clock.now())
    queue.promised(made.messages, prepared)


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
