"""The queue of one conversation: what is still to be said and to be asked, by the mailbox that holds its lease."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from channels_app.mailboxes import Mailbox
from channels_app.models import Attempt, Conversation, Message, Status
from channels_app.outbound.pacing import Place


class Lines(Protocol):
    """Where this process has queues stand in line for their number's turn, instead of asking again for each."""

    def is_crowded(self, channel_id: UUID) -> bool: ...


@dataclass(slots=True, kw_only=True)
class Queue:
    """Our messages in the order of the transcript, those first that overtake; and theirs that the bot is to be asked.

    `prepared` is an attempt at the first of `parts` that was written with the promise. `is_released` says that the
    lease was given back with the last thing that was recorded. With `lines` it may stand `in_line` for a moment, and
    `place` is what was learnt, there or before, about when the next part may go.
    """

    mailbox: Mailbox
    conversation: Conversation
    lines: Lines | None = None
    in_line: bool = False
    place: Place | None = None
    parts: list[Message] = field(default_factory=list)
    theirs: list[Message] = field(default_factory=list)
    prepared: Attempt | None = None
    statuses_joined: bool = False
    is_released: bool = False
    _attempts: dict[object, list[Attempt]] = field(default_factory=dict)

    def attempts_at(self, part: Message) -> list[Attempt]:
        """The attempts at `part` so far, read once."""
        if part.pk not in self._attempts:
            self._attempts[part.pk] = list(part.attempts.order_by("id"))
        return self._attempts[part.pk]

    def promised(self, parts: list[Message], prepared: Attempt | None = None) -> None:
        """Put messages behind that were promised a moment ago, and that nobody has tried to send."""
        self.parts += parts
        self._attempts |= {part.pk: [] for part in parts}
        self.prepared = prepared

    def answered(self, turn: list[Message]) -> None:
        gone = {message.pk for message in turn}
        self.theirs = [message for message in self.theirs if message.pk not in gone]

    def followers(self, part: Message) -> list[Message]:
        """What is still to be sent of the same delivery, behind `part`."""
        return [other for other in self.parts if other.delivery_id == part.delivery_id and other.pk > part.pk]

    def drop(self, parts: list[Message]) -> None:
        gone = {part.pk for part in parts}
        self.parts = [part for part in self.parts if part.pk not in gone]

    def holds_only(self, part: Message) -> bool:
        """Whether nothing is left to do here but `part`."""
        return not self.theirs and [other.pk for other in self.parts] == [part.pk]


def waiting(conversation_ids: Iterable[UUID]) -> list[Message]:
    """The messages of these conversations that wait: theirs for the bot, ours for being sent."""
    rows = Message.objects.filter(conversation__in=list(conversation_ids), status__in=[Status.RECEIVED, Status.PENDING])
    return list(rows.select_related("delivery").order_by("-overtakes", "id"))
