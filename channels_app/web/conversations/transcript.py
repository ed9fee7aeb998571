"""The transcript: what passed in a conversation, a page at a time, the newest first to be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from channels_app.models import Conversation, Direction, Look, Message, Status
from channels_app.web.conversations import bubbles
from channels_app.web.conversations.bubbles import Bubble
from channels_app.web.conversations.finding import PLAIN
from channels_app.web.conversations.rows import note_look

SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """`bubbles` are oldest first; `older` says before which message there are more. `is_asking` that the bot thinks."""

    bubbles: Sequence[Bubble]
    older: UUID | None
    newest: UUID | None
    is_asking: bool


def look(conversation: Conversation, name: str, before: UUID | None = None) -> Transcript:
    """The last messages, or those before the message `before`."""
    rows = Message.objects.filter(conversation=conversation).exclude(type__in=PLAIN)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows.select_related("delivery__author").order_by("-pk")[: SHOWN + 1])
    has_older, shown = len(page) > SHOWN, page[:SHOWN][::-1]
    return Transcript(
        bubbles=bubbles.draw(conversation, name, shown),
        older=shown[0].pk if has_older else None,
        newest=shown[-1].pk if shown else None,
        is_asking=any(row.status == Status.RECEIVED and row.direction == Direction.INBOUND for row in shown),
    )


def note_seen(conversation: Conversation, user_id: Any, transcript: Transcript) -> None:
    """This member has the last messages before their eyes."""
    if transcript.newest is None:
        return
    seen = Look.objects.filter(user=user_id, conversation=conversation).values_list("seen", flat=True).first()
    if seen is None or seen < transcript.newest:
        note_look(user_id, conversation.pk, transcript.newest)
