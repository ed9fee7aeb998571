"""Writing: what a member of the team says in a conversation, and in which form it will arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from channels_app import clock, mailboxes, ringing, window
from channels_app.bots.contract import Reply
from channels_app.inbound import handover
from channels_app.models import Channel, Checkup, Conversation, Delivery, Message, Provider, Source
from channels_app.outbound import cutting, fitting, promising
from channels_app.outbound.cutting import is_blank
from channels_app.outbound.ladder import TEMPLATE, TEXT_LIMIT
from channels_app.outbound.once import once
from channels_app.teams import audit

VARIABLE = "{{bot_message}}"


class NothingToSay(Exception):
    """The text is blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The messages that a text will arrive as. `left_out` says that the channel's cap cut it short.

    `frame` is what the template says before and behind each piece, as it was when it was last looked at.
    """

    form: Literal["text", "template"]
    pieces: Sequence[str]
    template: str = TEMPLATE
    language: str = ""
    frame: tuple[str, str] = ("", "")
    left_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Whether a member may write here, and as what it arrives. `refusal` says why not."""

    window_open: bool
    refusal: str
    language: str
    room: int
    cap: int | None
    frame: tuple[str, str]

    @property
    def may_write(self) -> bool:
        return not self.refusal


def terms_of(conversation: Conversation) -> Terms:
    """The terms at this moment; the conversation comes with channel, provider, its check-up and participant."""
    channel = conversation.channel
    is_open = window.is_open(conversation.service_window_expires_at, clock.now())
    return Terms(
        window_open=is_open,
        refusal=_refusal(conversation, window_open=is_open),
        language=channel.provider.template_language,
        room=channel.provider.template_room or fitting.room(None),
        cap=channel.max_templates,
        frame=_frame(channel.provider),
    )


def _frame(provider: Provider) -> tuple[str, str]:
    checkup: Checkup | None = getattr(provider, "checkup", None)
    wordings = [str(line.get("wording") or "") for line in checkup.lines] if checkup else []
    before, _variable, behind = next(filter(None, wordings), "").partition(VARIABLE)
    return before, behind


def _refusal(conversation: Conversation, *, window_open: bool) -> str:
    person = conversation.participant
    if conversation.channel.deleted_at is not None:
        return _("This channel was deleted. The conversation stays to be read.")
    if conversation.blocked_at is not None:
        return _("This person is blocked at this number: WhatsApp brings neither side's messages.")
    if not person.address:
        return _("This number belongs to somebody else by now. The conversation stays to be read.")
    if not window_open and not person.wants_messages:
        return _("They wrote STOP. You may answer once they write again.")
    if not window_open and not person.wants_marketing:
        return _("They stopped business messages in WhatsApp. You may answer once they write again.")
    return ""


def preview(text: str, terms: Terms) -> Preview | None:
    """What will arrive; `None` where there is nothing to say."""
    if is_blank(text):
        return None
    if terms.window_open:
        return Preview(form="text", pieces=cutting.cut(text.strip(), TEXT_LIMIT))
    whole = fitting.pieces(text, terms.room)
    pieces = fitting.pieces(text, terms.room, terms.cap) if terms.cap else whole
    return Preview(
        form="template", pieces=pieces, language=terms.language, frame=terms.frame, left_out=len(pieces) < len(whole)
    )


def say(conversation: Conversation, reply: Reply, user: Any, token: UUID) -> Message:
    """Promise to bring what a member wrote; once for each form that they were given. Gives its first message.

    It goes whoever has the conversation; where that waits for somebody, it is theirs from here on. The bot pauses for
    as long as the channel has it. The audit log says who answered, and never what. Raises `NothingToSay`.
    """
    channel: Channel = conversation.channel
    body = {"text": reply.text, "file": reply.attachment.media if reply.attachment else ""}

    def make() -> Message:
        parts = promising.promise(conversation, channel, [reply], source=Source.PERSON)
        if not parts:
            raise NothingToSay
        Delivery.objects.filter(pk__in={part.delivery_id for part in parts}).update(author=user.pk)
        handover.answered(conversation.pk, user.pk)
        handover.pause(conversation.pk, channel)
        audit.record(conversation.team_id, audit.person(user), "conversation.answered", conversation.participant)
        mailboxes.ring([conversation.pk])
        return parts[0]

    with transaction.atomic():
        message = once(conversation.team, _key(conversation, token, reply), body, make)
        transaction.on_commit(ringing.ring_work)
    return message


def _key(conversation: Conversation, token: UUID, reply: Reply) -> str:
    """Of the form and of what it says: whoever goes back and writes something else means another message."""
    said = sha256(repr(reply).encode(errors="replace")).hexdigest()
    return f"web:{conversation.pk.hex}:{token.hex}:{said[:16]}"
