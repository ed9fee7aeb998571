"""Turns: messages that wait, as a bot is asked about them: what was chosen, and what each of them refers to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from channels_app.bots.contract import Choice, Chosen, Earlier, Person, Said, Turn
from channels_app.models import Conversation, Direction, Message
from channels_app.outbound import choosing

SECOND = timedelta(seconds=1)  # Meta's times have whole ones


def turn(conversation: Conversation, messages: Sequence[Message], turn_id: UUID) -> Turn:
    """What the bot is asked about `messages`."""
    person = conversation.participant
    earlier = _referred_to(conversation, messages)
    return Turn(
        id=str(turn_id),
        conversation=str(conversation.pk),
        channel=str(conversation.channel_id),
        participant=Person(id=str(person.pk), name=person.name),
        messages=tuple(_said(conversation, messages, earlier)),
        window_expires_at=conversation.service_window_expires_at,
    )


def _said(conversation: Conversation, messages: Iterable[Message], earlier: Mapping[object, Message]) -> Iterable[Said]:
    is_answered = False
    for message in messages:
        chosen = _tapped(conversation, message, earlier)
        if chosen is None and not is_answered:
            chosen = _typed(conversation, message, earlier)
        is_answered = is_answered or chosen is not None
        quoted = earlier.get(message.quoted)
        yield Said(
            id=str(message.pk),
            type=message.type,
            text=message.text,
            sent_at=message.sent_at or message.created_at,
            content=message.content,
            choice=chosen,
            quoted=_earlier(quoted) if quoted else None,
        )


def _referred_to(conversation: Conversation, messages: Sequence[Message]) -> dict[object, Message]:
    """What `messages` quote, by its wamid, and the question that may be answered in words, by its id."""
    wamids = {message.quoted for message in messages if message.quoted}
    found = Message.objects.filter(conversation=conversation).select_related("delivery")
    rows = list(found.filter(wamid__in=wamids)) if wamids else []
    if conversation.question_id and conversation.question_id not in {row.pk for row in rows}:
        rows += found.filter(pk=conversation.question_id)
    return {**{row.wamid: row for row in rows if row.wamid}, **{row.pk: row for row in rows}}


def _tapped(conversation: Conversation, message: Message, earlier: Mapping[object, Message]) -> Chosen | None:
    """What was tapped, of the question it belongs to. A button of a template is taken whoever sent it."""
    content = message.content
    if not {"id", "title", "of_template"} <= content.keys():
        return None
    question = earlier.get(message.quoted or conversation.question_id)
    if content["of_template"]:
        return Chosen(id=content["id"], title=content["title"], question=_earlier(question) if question else None)
    if question is None or not _is_current(conversation, question, message):
        return None
    return _chosen(choosing.tapped(_choices(question), content["id"]), question)


def _typed(conversation: Conversation, message: Message, earlier: Mapping[object, Message]) -> Chosen | None:
    """What was answered in words: to the question that is quoted, or to the one that was asked last."""
    if message.type != "text":
        return None
    question = earlier.get(message.quoted or conversation.question_id)
    if question is None or not _choices(question) or not _is_current(conversation, question, message):
        return None
    return _chosen(choosing.typed(_choices(question), message.text), question)


def _is_current(conversation: Conversation, question: Message, answer: Message) -> bool:
    """Whether nothing else was asked between `question` and `answer`, by another reply than those to the same turn."""
    if conversation.history_from and question.pk <= conversation.history_from:
        return False
    if question.direction != Direction.OUTBOUND or question.pk == conversation.question_id:
        return question.direction == Direction.OUTBOUND
    answered_at = (answer.sent_at or answer.created_at) + SECOND
    later = Message.objects.filter(
        conversation=conversation,
        direction=Direction.OUTBOUND,
        pk__gt=question.pk,
        content__has_key="choices",
        sent_at__lt=answered_at,
    ).exclude(delivery=question.delivery)
    if question.delivery and question.delivery.turn_id:
        later = later.exclude(delivery__turn_id=question.delivery.turn_id)
    return not later.exists()


def _choices(question: Message) -> tuple[Choice, ...]:
    return tuple(Choice(**each) for each in question.content.get("choices", ()))


def _chosen(choice: Choice | None, question: Message) -> Chosen | None:
    if choice is None:
        return None
    return Chosen(id=choice.id, title=choice.title, description=choice.description, question=_earlier(question))


def _earlier(message: Message) -> Earlier:
    return Earlier(id=str(message.pk), text=message.text, ours=message.direction == Direction.OUTBOUND)
