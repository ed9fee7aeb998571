"""Admission: does a message that came ask the bot, now, later or not at all."""

from datetime import timedelta

from channels_app.gateways.meta import numbers
from channels_app.messages import Address, InboundMessage, Reaction
from channels_app.models import Channel, InboundEvent, Status
from channels_app.words import asks


def first_status(said: InboundMessage, event: InboundEvent, channel: Channel, sender: Address) -> Status:
    """`received` where the bot is to be asked, `held` where it cannot be for now, `ignored` where it is not."""
    if not sender or not _asks(said, channel) or _came_too_late(event, channel) or not _may_write(sender, channel):
        return Status.IGNORED
    return Status.RECEIVED if may_answer(channel) or says_it_is_off(channel) else Status.HELD


def may_answer(channel: Channel) -> bool:
    """Whether the bot of `channel` is asked at present; if not, what comes in is held."""
    return channel.is_active and channel.bot.is_active


def says_it_is_off(channel: Channel) -> bool:
    """Whether people are told, once each, that nobody answers at present."""
    return not channel.is_active and channel.deleted_at is None and bool(channel.off_message.strip())


def _asks(said: InboundMessage, channel: Channel) -> bool:
    """A reaction is a signal, unless the bot asks for it; one that is taken back says nothing."""
    return asks(said) or (isinstance(said, Reaction) and bool(said.emoji) and channel.bot.hears_reactions)


def _came_too_late(event: InboundEvent, channel: Channel) -> bool:
    if channel.answer_within is None or event.sent_at is None:
        return False
    return event.received_at - event.sent_at > timedelta(seconds=channel.answer_within)


def _may_write(sender: Address, channel: Channel) -> bool:
    """An empty list admits everyone; otherwise a number, a user id, or a prefix that ends with `*`."""
    if not channel.allowed_senders:
        return True
    ids = {name for name in (sender.wa_id, sender.user_id) if name}
    if sender.wa_id:
        ids |= numbers.variants(sender.wa_id)
    for entry in channel.allowed_senders:
        allowed = str(entry).strip().removeprefix("+")
        if allowed in ids or (allowed.endswith("*") and any(name.startswith(allowed[:-1]) for name in ids)):
            return True
    return False
