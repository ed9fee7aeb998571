"""Turns: what a bot is told of the messages it is asked about, what they refer to, and what was said before them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from channels_app.bots.contract import Engine, File, Past, Person, Said, Turn
from channels_app.inbound import chosen
from channels_app.media import keeping, links
from channels_app.models import Conversation, Direction, Message, Status
from channels_app.outbound import marking

MISSING = "The file itself could not be fetched"
SAID_TWICE = ["encore", "courtesy"]
"""Keys of messages that say once more what stands there already."""
UNSAID = (Status.FAILED, Status.EXPIRED, Status.IGNORED, Status.HELD)


def turn_of(conversation: Conversation, messages: Sequence[Message], turn_id: UUID, engine: Engine) -> Turn:
    """The turn that `messages` are, with as much of what was said before as `engine` asks for."""
    person, channel = conversation.participant, conversation.channel
    return Turn(
        id=str(turn_id),
        conversation=str(conversation.pk),
        channel=str(channel.pk),
        channel_name=channel.name or channel.phone_number,
        language=channel.provider.template_language,
        participant=Person(id=str(person.pk), name=person.name, address=person.handle),
        messages=tuple(_said(conversation, messages)),
        window_expires_at=conversation.service_window_expires_at,
        history=_history(conversation, messages[0], int(getattr(engine, "max_history", 0) or 0)),
    )


def _said(conversation: Conversation, messages: Sequence[Message]) -> Iterator[Said]:
    earlier = _referred_to(conversation, messages)
    is_answered = False
    for message in messages:
        taken = chosen.tapped(conversation, message, earlier)
        if taken is None and not is_answered:
            taken = chosen.typed(conversation, message, earlier)
        is_answered = is_answered or taken is not None
        quoted = earlier.get(message.quoted)
        yield Said(
            id=str(message.pk),
            type=message.type,
            text=_with_a_note(message),
            sent_at=message.sent_at or message.created_at,
            content=message.content,
            choice=taken,
            quoted=chosen.as_earlier(quoted) if quoted else None,
            files=tuple(_file(message.type, kept) for kept in message.attachments if kept.get("file")),
        )


def _referred_to(conversation: Conversation, messages: Sequence[Message]) -> dict[object, Message]:
    """What `messages` quote, by its wamid, and the question that may be answered in words, by its id."""
    wamids = {message.quoted for message in messages if message.quoted}
    found = Message.objects.filter(conversation=conversation).select_related("delivery")
    rows = list(found.filter(wamid__in=wamids)) if wamids else []
    if conversation.question_id and conversation.question_id not in {row.pk for row in rows}:
        rows += found.filter(pk=conversation.question_id)
    return {**{row.wamid: row for row in rows if row.wamid}, **{row.pk: row for row in rows}}


def _history(conversation: Conversation, first: Message, most: int) -> tuple[Past, ...]:
    """What was said before `first`, by both sides, oldest first; what nobody got to see is left out.

    So is what was said before somebody wished to begin anew, and our answer to that wish.
    """
    if not most:
        return ()
    rows = Message.objects.filter(conversation=conversation, pk__lt=first.pk).exclude(status__in=UNSAID)
    if conversation.history_from:
        rows = rows.filter(pk__gt=conversation.history_from).exclude(delivery__turn_id=conversation.history_from)
    newest = rows.exclude(text="").exclude(type="reaction").exclude(content__has_any_keys=SAID_TWICE).order_by("-id")
    said = newest.values_list("direction", "text", "created_at", "content", "delivery__reply")[:most]
    return tuple(
        Past(
            by="person" if direction == Direction.INBOUND else "us",
            text=_with_choices(_as_written(text, reply), content),
            at=at,
        )
        for direction, text, at, content, reply in reversed(said)
    )


def _as_written(text: str, reply: Mapping[str, Any] | None) -> str:
    """What our side said, as Markdown where the bot wrote that: what it reads of itself it writes again."""
    written = str((reply or {}).get("text") or "").strip()
    if written in ("", text):  # without marks, as most is: nothing to be read again for each turn
        return text
    is_whole = (reply or {}).get("markdown", True) and marking.mark(written).strip() == text
    return written if is_whole else text


def _with_choices(text: str, content: Mapping[str, Any]) -> str:
    """What was said, with the choices that were offered along with it."""
    titles = [str(choice.get("title")) for choice in content.get("choices", []) if isinstance(choice, Mapping)]
    return f"{text}\n[{' | '.join(titles)}]" if titles else text


def _with_a_note(message: Message) -> str:
    """What `message` says; where its file is missing, that, too: nobody is to wait for it."""
    if not message.content.get("media_id") or any(kept.get("file") for kept in message.attachments):
        return message.text
    reasons = [str(kept["error"]) for kept in message.attachments if kept.get("error")]
    return f"{message.text}\n[{MISSING}{': ' + reasons[0] if reasons else '.'}]"


def _file(type_: str, kept: Mapping[str, Any]) -> File:
    """A file of a message as a bot is given it: `file` is its name in the storage."""
    return File(
        type=str(kept.get("type") or type_),
        mime_type=str(kept.get("mime_type") or ""),
        name=str(kept.get("name") or ""),
        size=int(kept.get("size") or 0),
        read=partial(keeping.read, kept),
        link=partial(links.link, kept["id"]) if kept.get("id") else str,
    )
