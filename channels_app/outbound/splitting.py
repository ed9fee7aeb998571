"""Splitting: a message that its rung cannot hold in one piece becomes several, in its place."""

from channels_app import clock, mailboxes
from channels_app.models import Message, Status
from channels_app.models.together import inserting, updating
from channels_app.outbound.queue import Queue


def cut(queue: Queue, part: Message, pieces: list[str]) -> None:
    """Cut `part` further: it keeps its id for the first piece, the others are new messages right behind it."""
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
            type=part.type,
            text=text,
            content=part.content,
            status=Status.PENDING,
            overtakes=part.overtakes,
            created_at=part.created_at,
        )
        for place, text in enumerate(pieces[1:], start=1)
    ]
    mailboxes.record(queue.mailbox, [updating(Message.objects.filter(pk=part.pk), text=pieces[0]), *inserting(behind)])
    part.text = pieces[0]
    place = queue.parts.index(part) + 1
    later = queue.parts[place:]
    queue.parts = queue.parts[:place]
    queue.promised(behind)
    queue.parts += later
