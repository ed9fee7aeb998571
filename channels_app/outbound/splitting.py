"""Splitting: a message that its rung cannot hold in one piece becomes several, in its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from channels_app import clock, mailboxes
from channels_app.models import Message, Status
from channels_app.models.together import changing, inserting
from channels_app.outbound import forms, spoken
from channels_app.outbound.queue import Queue


@dataclass(frozen=True, slots=True)
class Look:
    """What one piece of a message is."""

    text: str
    type: str
    content: dict[str, Any]


def looks(type_: str, content: dict[str, Any], pieces: Sequence[str], *, keeps_form: bool) -> list[Look]:
    """What each of `pieces` is. A form goes with the last one, or, where it is not kept, was put in words."""
    is_formed = forms.of(content) is not None
    plain = ("text", {**content, "plain": True}) if is_formed else (type_, content)
    *others, last = pieces
    return [*(Look(text, *plain) for text in others), Look(last, *((type_, content) if keeps_form else plain))]


def cut(queue: Queue, part: Message, pieces: Sequence[str], *, keeps_form: bool) -> None:
    """Cut `part` further: it keeps its id for the first piece, the others are new messages right behind it."""
    first, *others = looks(part.type, spoken.unspoken(part.content), pieces, keeps_form=keeps_form)
    enclosed = part.attachments if keeps_form else []
    if spoken.SAID in part.content:
        part.attachments = []  # what is written after all was not heard
    followers = queue.followers(part)
    room = (followers[0].pk.int - part.pk.int) // (len(pieces) + 1) if followers else 1 << 40
    step = max(1, min(room, 1 << 40))
    behind = [
        Message(
            id=clock.uuid7_behind(part.pk, step * place),
            team_id=part.team_id,
            channel_id=part.channel_id,
            conversation_id=part.conversation_id,
            delivery=part.delivery,
            direction=part.direction,
            type=look.type,
            text=look.text,
            content=look.content,
            status=Status.PENDING,
            overtakes=part.overtakes,
            created_at=part.created_at,
        )
        for place, look in enumerate(others, start=1)
    ]
    if enclosed and behind:  # the file goes along with the form
        behind[-1].attachments, part.attachments = enclosed, []
    part.text, part.type, part.content = first.text, first.type, first.content
    look = {"text": part.text, "type": part.type, "content": part.content, "attachments": part.attachments}
    itself = changing(Message, {"pk": part.pk}, **look)
    mailboxes.record(queue.mailbox, [itself, *inserting(behind)])
    place = queue.parts.index(part) + 1
    later = queue.parts[place:]
    queue.parts = queue.parts[:place]
    queue.promised(behind)
    queue.parts += later
