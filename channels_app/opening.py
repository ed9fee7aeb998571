"""Opening: what waits in mailboxes that were leased, read for many of them at once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import DatabaseError

from channels_app import mailboxes
from channels_app.mailboxes import Mailbox
from channels_app.models import Conversation, Direction, Message, known
from channels_app.outbound.queue import Lines, Queue, waiting


def opened(leased: Sequence[Mailbox], lines: Lines | None = None) -> list[Queue]:
    """The queues of these mailboxes, in their order, but for those whose conversation became part of another.

    Raises what the database raises; then nobody keeps their leases, which run out.
    """
    try:
        return list(_queues(leased, lines))
    except DatabaseError:
        mailboxes.let_expire(leased)
        raise


def _queues(leased: Sequence[Mailbox], lines: Lines | None) -> Iterator[Queue]:
    found = Conversation.objects.select_related("participant").in_bulk([box.conversation_id for box in leased])
    channels = known.channels({conversation.channel_id for conversation in found.values()})
    rows: dict[UUID | None, list[Message]] = defaultdict(list)
    for row in waiting(found):
        rows[row.conversation_id].append(row)
    for mailbox in leased:
        if (conversation := found.get(mailbox.conversation_id)) is not None:
            conversation.channel = channels[conversation.channel_id]
            yield _queue(mailbox, conversation, rows[conversation.pk], lines)
        else:
            mailboxes.released(mailbox)


def _queue(mailbox: Mailbox, conversation: Conversation, rows: Sequence[Message], lines: Lines | None) -> Queue:
    return Queue(
        mailbox=mailbox,
        conversation=conversation,
        lines=lines,
        parts=[row for row in rows if row.direction == Direction.OUTBOUND],
        theirs=[row for row in rows if row.direction == Direction.INBOUND],
    )
