"""Readings: what a kept event says, and the message it makes."""

from dataclasses import dataclass

from channels_app.gateways import reader_for
from channels_app.gateways.base import UnreadableItem
from channels_app.inbound.admission import first_status
from channels_app.messages import Address, Edit, InboundMessage, Reaction, Revocation, SystemNote
from channels_app.models import Channel, Conversation, Direction, InboundEvent, Message, Status
from channels_app.words import content, describe, type_of


@dataclass(slots=True, kw_only=True)
class Reading:
    """An event, with what it says or why it cannot be read, and where it belongs."""

    event: InboundEvent
    channel: Channel
    said: InboundMessage | None
    reason: str
    status: Status = Status.IGNORED
    conversation: Conversation | None = None

    @property
    def address(self) -> Address:
        """The sender, unless they wrote to a group: nobody is answered then. Who got another id goes by that."""
        if self.event.in_group:
            return Address()
        if isinstance(self.said, SystemNote) and self.said.now:
            return self.said.now
        return Address(wa_id=self.event.wa_id or None, user_id=self.event.user_id or None)


def read(event: InboundEvent, channel: Channel) -> Reading:
    """Read `event`, or learn why that cannot be done: then it is held, for somebody to look at."""
    contact = bytes(event.contact) if event.contact is not None else None
    said, reason = None, event.reason
    if not reason:
        try:
            said = reader_for("meta").read_message(bytes(event.raw), contact)
        except UnreadableItem as exc:
            reason = str(exc)
    reading = Reading(event=event, channel=channel, said=said, reason=reason)
    reading.status = Status.HELD if said is None else first_status(said, event, channel, reading.address)
    return reading


def message_of(reading: Reading) -> Message:
    """The message that `reading` makes; not written yet."""
    event, said = reading.event, reading.said
    message = Message(
        team_id=event.team_id,
        channel=reading.channel,
        conversation=reading.conversation,
        event=event,
        direction=Direction.INBOUND,
        type=event.type[:60],
        status=reading.status,
        wamid=event.external_id,
        sent_at=event.sent_at or event.received_at,
    )
    if said is None:
        message.error = {"code": 0, "title": "Unreadable", "detail": reading.reason, "advice": ""}
    else:
        message.type = type_of(said)[:60]
        message.text = _storable(describe(said))
        message.content = content(said)
        message.quoted = (_target(said) or said.origin.quoted or "")[:255]
    return message


def _target(said: InboundMessage) -> str:
    """The wamid of the message that `said` is about."""
    return said.target if isinstance(said, Reaction | Edit | Revocation) else ""


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
