"""Answering: what is said to a turn is promised, with the turn marked as answered in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from channels_app import clock, mailboxes, notices
from channels_app.bots.contract import Answer, Engine, Reply
from channels_app.inbound import handover
from channels_app.inbound.admission import says_it_is_off
from channels_app.models import Channel, Conversation, Message, Source, Status, VoiceReplies
from channels_app.models.together import Write, changing, inserting
from channels_app.outbound import delivering, packing, promising
from channels_app.outbound.promising import Plan
from channels_app.outbound.queue import Queue

ECHO = "🎤 “{}”"


def answer(queue: Queue, turn: Sequence[Message], turn_id: UUID, engine: Engine | None, given: Answer) -> None:
    """Promise the replies of a bot, behind what has to be said before the first of them.

    Without an `engine` they are the channel's own words.
    """
    conversation = queue.conversation
    channel = conversation.channel
    replies = [packing.kept_in(conversation.team_id, reply) for reply in given.replies]
    consent = [] if conversation.consent_asked_at else [Reply(text=channel.consent_message)]
    asked = promising.plan(conversation, channel, consent, source=Source.SYSTEM)
    echo = _echo(conversation, turn)  # made first, for ids say what was said before what
    made = promising.plan(
        conversation,
        channel,
        _voiced(channel, turn, replies),
        source=Source.BOT,
        turn_id=turn_id,
        quoted=_target(turn[-1]),
    )
    spoke = bool(made.messages)
    if given.usage and spoke:
        made.messages[0].usage = dict(given.usage)
    news: dict[str, object] = dict(handover.columns(given.handover)) if given.handover is not None else {}
    made = echo.before(made)
    if spoke and asked.messages:
        made = asked.before(made)
        news["consent_asked_at"] = clock.now()
    writes = _answered(turn, turn_id, {} if spoke else given.usage)
    if given.problem is None and hasattr(engine, "means"):
        writes.append(notices.closing(channel, notices.BOT))
    _write(queue, made, writes, news)


def _echo(conversation: Conversation, turn: Sequence[Message]) -> Plan:
    """What was understood of each voice note, where the channel shows that."""
    made, channel = Plan(), conversation.channel
    for note in turn if channel.echo_transcripts else ():
        if note.transcript:
            said = Reply(text=ECHO.format(note.transcript), markdown=False, quote=True)
            made = made.before(promising.plan(conversation, channel, [said], source=Source.SYSTEM, quoted=note.wamid))
    for message in made.messages:
        message.content = {**message.content, "courtesy": True}
    return made


def _voiced(channel: Channel, turn: Sequence[Message], replies: Sequence[Reply]) -> Sequence[Reply]:
    """`replies` as this channel answers: spoken always, or where the person spoke, or where the bot says so."""
    match channel.voice_replies:
        case VoiceReplies.ALWAYS:
            speaks = True
        case VoiceReplies.MATCH:
            speaks = any(message.content.get("type") == "voice" for message in turn)
        case _:
            speaks = False
    return [replace(reply, voice=True) for reply in replies] if speaks else replies


def start_anew(queue: Queue, turn: Sequence[Message], turn_id: UUID) -> None:
    """What was said up to this message is not the bot's affair any more."""
    conversation = queue.conversation
    said = Reply(text=conversation.channel.reset_message)
    made = promising.plan(conversation, conversation.channel, [said], source=Source.SYSTEM, turn_id=turn_id)
    _write(queue, made, _answered(turn, turn_id, {}), {"history_from": turn[0].pk, "question_id": None})


def hold(queue: Queue, turn: Sequence[Message]) -> None:
    """Nobody answers at present. Where the channel is off and has a word for that, it is said, once."""
    conversation = queue.conversation
    channel = conversation.channel
    if conversation.off_told_at or not says_it_is_off(channel):
        rows(turn).update(status=Status.HELD, error=None)
        return
    made = promising.plan(conversation, channel, [Reply(text=channel.off_message)], source=Source.SYSTEM)
    held = changing(Message, _keys(turn), status=Status.HELD, error=None)
    _write(queue, made, [held], {"off_told_at": clock.now()})


def ignore(queue: Queue, turn: Sequence[Message]) -> None:
    """Nothing is said to it."""
    mailboxes.record(queue.mailbox, [changing(Message, _keys(turn), status=Status.IGNORED)])


def _target(message: Message) -> str:
    """The wamid that an answer to `message` may quote, or react to: no reaction itself can be that."""
    return message.quoted if message.type == "reaction" else message.wamid


def rows(turn: Sequence[Message]) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=[message.pk for message in turn])


def _write(queue: Queue, made: promising.Plan, writes: Sequence[Write], news: Mapping[str, object]) -> None:
    """The replies, the first attempt at them, and what changes with them: all of it at once."""
    conversation = queue.conversation
    prepared = delivering.prepare(queue, made.messages)
    changes: dict[str, Any] = {"question_id": made.question_id, **news} if made.messages else dict(news)
    written = [*made.writes(), *inserting([prepared] if prepared else []), *writes]
    mailboxes.record(queue.mailbox, written, last_message_at=clock.now(), **changes)
    for name, value in changes.items():
        setattr(conversation, name, value)
    queue.promised(made.messages, prepared)


def _answered(turn: Sequence[Message], turn_id: UUID, usage: Mapping[str, int]) -> list[Write]:
    """The turn is answered. What that cost is kept with the last message of it, where nothing was said."""
    done = {"status": Status.ANSWERED, "turn_id": turn_id, "error": None}
    if not usage:
        return [changing(Message, _keys(turn), **done)]
    earlier = [changing(Message, _keys(turn[:-1]), **done)] if len(turn) > 1 else []
    return [*earlier, changing(Message, _keys(turn[-1:]), **done, usage=dict(usage))]


def _keys(turn: Sequence[Message]) -> dict[str, object]:
    return {"pk": [message.pk for message in turn]}
