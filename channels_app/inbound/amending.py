"""Amending: what people change or delete of what they wrote, and what they want to hear at all."""

import re
from collections.abc import Iterable
from datetime import datetime

from channels_app.inbound.readings import Reading
from channels_app.messages import Choice, Edit, Revocation, Text
from channels_app.models import Conversation, Direction, Message, Participant, Status

# Alone in a message, whatever its case and the signs around it. Words that answer many a question are left out.
STOP = re.compile(
    r"stopp?|unsubscribe|abmelden|arr[êe]t|désabonner|baja|parar|afmelden|стоп|отписаться|توقف|停止|退订", re.IGNORECASE
)
START = re.compile(
    r"start|unstop|subscribe|anmelden|s'abonner|alta|iniciar|aanmelden|старт|подписаться|ابدأ|开始|订阅", re.IGNORECASE
)
EDGES = " .!?\"'*_…。"


def amend(readings: Iterable[Reading]) -> None:
    """Apply what edits and deletions say to the messages they are about, and STOP and START to who wrote them."""
    for reading in readings:
        conversation = reading.conversation
        if conversation is None:
            continue
        match reading.said:
            case Edit(target=target, text=text):
                _edit(conversation, target, text)
            case Revocation(target=target):
                _revoke(conversation, target)
            case Text(body=words, origin=origin) | Choice(title=words, origin=origin, of_template=True):
                if (wanted := wish(words)) is not None:
                    note_wish(conversation.participant, "wants_messages", wanted, origin.sent_at)


def wish(words: str) -> bool | None:
    """Whether `words` say that the person wants messages, or no more; `None` where they say something else."""
    said = words.strip(EDGES)
    if STOP.fullmatch(said):
        return False
    return True if START.fullmatch(said) else None


def note_wish(person: Participant, name: str, wanted: bool, at: datetime) -> None:
    """Keep what `person` said of a kind of messages, unless they said something later already."""
    since = f"{name}_since"
    rows = Participant.objects.filter(pk=person.pk)
    if rows.exclude(**{f"{since}__gt": at}).update(**{name: wanted, since: at}):
        setattr(person, name, wanted)


def _edit(conversation: Conversation, target: str, text: str) -> None:
    for message in _theirs(conversation, target):
        former = message.content.get("caption", "")
        if message.type == "text":
            message.text = text
        else:
            message.text = message.text.replace(former, text) if former else f"{message.text}: {text}"
            message.content["caption"] = text
        message.content["edited"] = True
        message.save(update_fields=["text", "content"])


def _revoke(conversation: Conversation, target: str) -> None:
    """Kept for the transcript; a bot that was not asked yet is not asked any more."""
    for message in _theirs(conversation, target):
        message.content["revoked"] = True
        if message.status in (Status.RECEIVED, Status.HELD):
            message.status = Status.IGNORED
        message.save(update_fields=["content", "status"])


def _theirs(conversation: Conversation, target: str) -> Iterable[Message]:
    return Message.objects.filter(conversation=conversation, wamid=target, direction=Direction.INBOUND)
