"""Turns: what a bot is told of the messages it is asked about, and of what was said before them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage

from channels_app.bots.contract import Earlier, Engine, File, Past, Person, Said, Turn
from channels_app.models import Conversation, Direction, Message, Status

UNSAID = (Status.FAILED, Status.EXPIRED, Status.IGNORED, Status.HELD)


def turn_of(conversation: Conversation, messages: Sequence[Message], turn_id: UUID, engine: Engine) -> Turn:
    """The turn that `messages` are, with as much of what was said before as `engine` asks for."""
    person, channel, quoted = conversation.participant, conversation.channel, _quoted(conversation, messages)
    return Turn(
        id=str(turn_id),
        conversation=str(conversation.pk),
        channel=str(channel.pk),
        channel_name=channel.name or channel.phone_number,
        language=channel.provider.template_language,
        participant=Person(id=str(person.pk), name=person.name, address=person.handle),
        messages=tuple(_said(message, quoted.get(message.quoted)) for message in messages),
        window_expires_at=conversation.service_window_expires_at,
        history=_history(conversation, messages[0], int(getattr(engine, "max_history", 0) or 0)),
    )


def _quoted(conversation: Conversation, messages: Sequence[Message]) -> dict[str, Earlier]:
    """What `messages` quote, by wamid, as far as it is of this conversation."""
    wamids = {message.quoted for message in messages if message.quoted}
    rows = Message.objects.filter(conversation=conversation, wamid__in=wamids) if wamids else ()
    return {row.wamid: Earlier(id=str(row.pk), text=row.text, ours=row.direction == Direction.OUTBOUND) for row in rows}


def _said(message: Message, quoted: Earlier | None) -> Said:
    return Said(
        id=str(message.pk),
        type=message.type,
        text=message.text,
        sent_at=message.sent_at or message.created_at,
        content=message.content,
        quoted=quoted,
        files=tuple(_file(message.type, kept) for kept in message.attachments if kept.get("file")),
    )


def _history(conversation: Conversation, first: Message, most: int) -> tuple[Past, ...]:
    """What was said before `first`, by both sides, oldest first; what nobody got to see is left out."""
    if not most:
        return ()
    rows = Message.objects.filter(conversation=conversation, pk__lt=first.pk).exclude(status__in=UNSAID)
    newest = rows.exclude(text="").order_by("-id").values_list("direction", "text", "created_at", "delivery__reply")
    return tuple(
        Past(by="person" if direction == Direction.INBOUND else "us", text=_with_choices(text, reply), at=at)
        for direction, text, at, reply in reversed(newest[:most])
    )


def _with_choices(text: str, reply: Mapping[str, Any] | None) -> str:
    """What was said, with the choices that were offered along with it."""
    titles = [str(choice.get("title")) for choice in (reply or {}).get("choices", []) if isinstance(choice, Mapping)]
    return f"{text}\n[{' | '.join(titles)}]" if titles else text


def _file(type_: str, kept: Mapping[str, Any]) -> File:
    """A file of a message as a bot is given it: `file` is its name in the storage."""
    name = str(kept["file"])

    def read() -> bytes:
        with default_storage.open(name) as opened:
            return bytes(opened.read())

    return File(
        type=str(kept.get("type") or type_),
        mime_type=str(kept.get("mime_type") or ""),
        name=str(kept.get("name") or ""),
        size=int(kept.get("size") or 0),
        read=read,
    )
