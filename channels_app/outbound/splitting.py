"""Splitting: a message that its rung cannot hold in one piece becomes several, in its place."""

from channels_app import clock, mailboxes
from channels_app.models import Message, Status
from channels_app.models.together import inserting, updating
from channels_app.outbound import forms
from channels_app.outbound.queue import Queue


def cut(queue: Queue, part: Message, pieces: list[str], *, keeps_form: bool) -> None:
    """Cut `part` further: it keeps its id for the first piece, the others are new messages right behind it.

    The form that it has goes with the last piece, or, where it is not kept, was put in words.
    """
    formed = (part.type, part.content)
    plain = ("text", {**part.content, "plain": True}) if forms.of(part.content) else formed
    looks = [plain] * len(pieces)
    if keeps_form:
        looks[-1] = formed
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
            type=type_,
            text=text,
            content=content,
            status=Status.PENDING,
            overtakes=part.overtakes,
            created_at=part.created_at,
        )
        for place, (text, (type_, content)) in enumerate(zip(pieces, looks, strict=True))
        if place
    ]
    part.text, (part.type, part.content) = pieces[0], looks[0]
    cut = updating(Message.objects.filter(pk=part.pk), text=part.text, type=part.type, content=part.content)
    mailboxes.record(queue.mailbox, [cut, *inserting(behind)])
    place = queue.parts.index(part) + 1
    later = queue.parts[place:]
    queue.parts = queue.parts[:place]
    queue.promised(behind)
    queue.parts += later
