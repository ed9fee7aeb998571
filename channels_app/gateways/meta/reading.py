"""A kept item, read: Meta's JSON becomes one of our messages, or the news of one that we sent."""

from collections.abc import Mapping
from typing import Any

from channels_app import clock
from channels_app.errors import AccessLost, GiveUp, OurFault, TryLater, WindowShut
from channels_app.gateways.base import UnreadableItem
from channels_app.gateways.meta import contents, people, pieces, verdicts
from channels_app.gateways.meta.envelopes import LONGEST_TYPE
from channels_app.graph import wire
from channels_app.graph.errors import Refused
from channels_app.messages import InboundMessage, Origin, StatusUpdate, Unreadable

NO_REASON: Mapping[str, Any] = {"title": "Meta gave no reason"}


def read_message(raw: bytes, contact: bytes | None) -> InboundMessage:
    """The message in an item of `messages[]` and, where there is one, in the entry of `contacts[]` that belongs to it.

    A type that we do not know becomes `Unreadable`. Raises `UnreadableItem` for what is no message.
    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
    """
    item = _item(raw)
    type_ = wire.text(item.get("type"))[:LONGEST_TYPE]
    if not type_:
        raise UnreadableItem("It has no type")
    origin = _origin(item, contact)
    read = contents.READERS.get(type_)
    return read(origin, item) if read else Unreadable(origin=origin, type=type_)


def read_status(raw: bytes) -> StatusUpdate:
    """What an item of `statuses[]` says became of a message of ours. Raises `UnreadableItem` for what is no status.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
    """
    item = _item(raw)
    status = wire.text(item.get("status"))
    if not status:
        raise UnreadableItem("It names no status")
    errors = wire.mappings(item.get("errors")) or ([NO_REASON] if status == "failed" else [])
    told = [Refused.from_webhook(error) for error in errors]
    decided = [verdicts.verdict(error) for error in told]
    in_group = people.address(item.get("recipient_participant_id"), item.get("recipient_participant_user_id"))
    ids = (item.get(name) for name in ("recipient_id", "recipient_user_id", "recipient_parent_user_id"))
    return StatusUpdate(
        external_id=wire.text(item.get("id")),
        status=status,
        at=clock.from_meta(pieces.word(item.get("timestamp"))) or clock.now(),
        callback=wire.text(item.get("biz_opaque_callback_data")),
        problem=decided[0].problem if decided else None,
        window_shut=any(isinstance(each, WindowShut) for each in decided),
        access_lost=any(isinstance(each, AccessLost) for each in decided),
        number_only=any(isinstance(each, AccessLost) and each.number_only for each in decided),
        template_refused=any(isinstance(each, GiveUp) and each.template for each in decided),
        form_refused=any(isinstance(each, OurFault) for each in decided),
        try_later=any(isinstance(each, TryLater) for each in decided),
        recipient=in_group or people.address(*ids),
        pricing=wire.mapping(item.get("pricing")) or None,
    )


def _item(raw: bytes) -> Mapping[str, Any]:
    try:
        item = pieces.value(raw)
    except pieces.Odd as exc:
        raise UnreadableItem(str(exc)) from exc
    if not isinstance(item, dict):
        raise UnreadableItem("It is no object")
    if not wire.text(item.get("id")):
        raise UnreadableItem("It has no id")
    return item


def _origin(item: Mapping[str, Any], contact: bytes | None) -> Origin:
    sender = people.address(*(item.get(name) for name in ("from", "from_user_id", "from_parent_user_id")))
    known = _contact(contact)
    sender = people.completed(sender, people.contact_of(sender, people.directory([known])))
    context, profile = wire.mapping(item.get("context")), wire.mapping(known.get("profile"))
    return Origin(
        external_id=wire.text(item.get("id")),
        sender=sender,
        sent_at=clock.from_meta(pieces.word(item.get("timestamp"))) or clock.now(),
        name=wire.text(profile.get("name")).strip(),
        username=wire.text(profile.get("username")).strip().removeprefix("@"),
        quoted=wire.text(context.get("id")) or None,
        forwarded=context.get("forwarded") is True or context.get("frequently_forwarded") is True,
        group_id=wire.text(item.get("group_id")) or None,
        referral=wire.mapping(item.get("referral")) or None,
    )


def _contact(raw: bytes | None) -> Mapping[str, Any]:
    try:
        return wire.mapping(pieces.value(raw or b"{}"))
    except pieces.Odd:
        return {}
