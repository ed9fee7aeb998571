"""Choices: what was taken of what was offered, by a tap or in words, and the question it belongs to."""

from collections.abc import Mapping
from datetime import timedelta

from channels_app.bots.contract import Choice, Chosen, Earlier
from channels_app.models import Conversation, Direction, Message
from channels_app.outbound import choosing

SECOND = timedelta(seconds=1)  # Meta's times have whole ones


def tapped(conversation: Conversation, message: Message, earlier: Mapping[object, Message]) -> Chosen | None:
    """What was tapped, of the question it belongs to. A button of a template is taken whoever sent it."""
    content = message.content
    if not {"id", "title", "of_template"} <= content.keys():
        return None
    question = earlier.get(message.quoted or conversation.question_id)
    if content["of_template"]:
        return Chosen(id=content["id"], title=content["title"], question=as_earlier(question) if question else None)
    if question is None or not _is_current(conversation, question, message):
        return None
    return _chosen(choosing.tapped(_choices(question), content["id"]), question)


def typed(conversation: Conversation, message: Message, earlier: Mapping[object, Message]) -> Chosen | None:
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
    return Chosen(id=choice.id, title=choice.title, description=choice.description, question=as_earlier(question))


def as_earlier(message: Message) -> Earlier:
    return Earlier(id=str(message.pk), text=message.text, ours=message.direction == Direction.OUTBOUND)
