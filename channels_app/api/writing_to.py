"""Writing to somebody without being asked: who is meant, and the promise to bring it."""

import re

from django.db import transaction
from django.db.models import F

from channels_app import conversations, mailboxes
from channels_app.bots.contract import Reply
from channels_app.gateways.meta import numbers
from channels_app.messages import Address
from channels_app.models import Channel, Conversation, Direction, Message, Participant, Source
from channels_app.outbound import promising

# https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
NO_TARGETS = ("reaction", "edit", "revoke", "system")
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


class NothingToSay(Exception):
    """The text is blank."""


class NothingToReactTo(Exception):
    """A reaction, and they have not written yet."""


def address_of(to: str) -> Address:
    """Whom `to` names: a number in any usual form, a wa_id, or a user id. Raises ValueError with a sentence."""
    if USER_ID.fullmatch(to):
        return Address(user_id=to)
    return Address(wa_id=numbers.digits(numbers.e164(to)))


def write(channel: Channel, to: Address, reply: Reply) -> Message:
    """Promise to bring `reply`; gives its first message.

    Raises `NothingToSay` and `NothingToReactTo`; then nothing is promised.
    """
    with transaction.atomic():
        (conversation,) = conversations.find_or_make(
            [conversations.Arrival(channel=channel, address=_as_known(channel, to))]
        )
        quoted = _last_of_theirs(conversation) if reply.quote or reply.reaction is not None else ""
        if reply.reaction is not None and not quoted:
            raise NothingToReactTo
        parts = promising.promise(conversation, channel, [reply], source=Source.API, quoted=quoted)
        if not parts:
            raise NothingToSay
        mailboxes.ring([conversation.pk], in_bulk=True)
    return parts[0]


def _as_known(channel: Channel, to: Address) -> Address:
    """The person under the id that WhatsApp has for them, where they are known by another form of the same number."""
    if to.wa_id is None:
        return to
    people = Participant.objects.filter(
        team=channel.team_id, portfolio=channel.provider.portfolio, wa_id__in=numbers.variants(to.wa_id)
    )
    here = people.filter(conversations__channel=channel)
    latest = here.order_by(F("conversations__last_message_at").desc(nulls_last=True))
    exact = people.filter(wa_id=to.wa_id)
    found = latest.first() or exact.first() or people.first()
    return found.address if found else to


def _last_of_theirs(conversation: Conversation) -> str:
    theirs = Message.objects.filter(conversation=conversation, direction=Direction.INBOUND).exclude(wamid="")
    theirs = theirs.exclude(type__in=NO_TARGETS)
    return theirs.order_by("-id").values_list("wamid", flat=True).first() or ""
