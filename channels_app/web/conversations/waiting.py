"""Waiting: what a message waits for that has not gone or was not answered, and why one failed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from channels_app.models import ENDED, Channel, Conversation, Direction, Message, Status
from channels_app.outbound.again import PUT_AWAY, SENT_AGAIN
from channels_app.told import told_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a message did not arrive, in words, and what to do about it."""

    code: int
    title: str
    detail: str
    advice: str
    expired: bool
    sent_again: bool
    can_send_again: bool
    put_away: bool = False


def failure_of(message: Message, *, is_first: bool) -> Failure | None:
    """`is_first` says that no earlier part of the same reply failed: sending again begins there."""
    if message.status not in ENDED:
        return None
    error = message.error or {}
    sent_again = SENT_AGAIN in message.content
    return Failure(
        code=int(error.get("code") or 0),
        title=told_of(error, "title") or _("It was not delivered"),
        detail=told_of(error, "detail"),
        advice=told_of(error, "advice"),
        expired=message.status == Status.EXPIRED,
        sent_again=sent_again,
        can_send_again=is_first and not sent_again and message.type != "reaction",
        put_away=PUT_AWAY in message.content and not sent_again,
    )


def hint_of(message: Message, conversation: Conversation) -> str:
    """What it waits for; nothing where it waits for nothing, or for a moment only."""
    if message.direction == Direction.INBOUND:
        return _theirs(message, conversation) if message.status == Status.HELD else ""
    match message.status:
        case Status.HELD:
            return _("Waits until WhatsApp takes messages from this number again: %(why)s") % {"why": _why(message)}
        case Status.PENDING if message.unconfirmed:
            return _("WhatsApp has not said yet whether it took this. It is not sent twice before that is known.")
        case Status.PENDING if message.error:
            return _("Is tried again by itself: %(why)s") % {"why": _why(message)}
        case _:
            return ""


def _theirs(message: Message, conversation: Conversation) -> str:
    channel: Channel = conversation.channel
    if message.error and message.retry_at:
        return _("The bot could not answer this, and is asked again later: %(why)s") % {"why": _why(message)}
    if message.error:
        return _("The bot could not answer this: %(why)s") % {"why": _why(message)}
    if conversation.waiting_since is not None:
        return ""
    if not channel.is_active:
        return _("Waits for the bot: this channel is switched off.")
    if not channel.bot.is_active:
        return _("Waits for the bot, which is paused.")
    if conversation.paused_until is not None:
        return _("Waits for an answer of yours, or until the bot goes on.")
    return ""


def _why(message: Message) -> str:
    error = message.error or {}
    return told_of(error, "title") or _("no reason was given")
