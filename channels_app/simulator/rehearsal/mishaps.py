"""Mishaps that need no row: what was taken fails by status, a webhook is forged, several come as one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction

from channels_app.simulator import posting
from channels_app.simulator.models import SimulatedMessage, SimulatedWebhook
from channels_app.simulator.postman import postman

REPORTED_AFTER = timedelta(milliseconds=250)


@transaction.atomic
def fail(wamid: str, code: int) -> None:
    """Meta has taken the message `wamid`, and reports now that it could not bring it, with the error `code`."""
    message = SimulatedMessage.objects.select_related("chat__person", "number__account").get(wamid=wamid)
    for webhook in SimulatedWebhook.objects.filter(chat=message.chat, message=None):
        if wamid in _told_of(webhook):
            webhook.delete()
    message.failure, message.delivered_at, message.read_at = code, None, None
    message.save(update_fields=["failure", "delivered_at", "read_at"])
    at = message.created_at + REPORTED_AFTER
    title = f"Error {code}"
    status = {
        "id": wamid,
        "status": "failed",
        "timestamp": str(int(at.timestamp())),
        "recipient_id": message.chat.person.digits,
        **({"biz_opaque_callback_data": message.callback} if message.callback else {}),
        "errors": [{"code": code, "title": title, "message": title, "error_data": {"details": title}}],
    }
    number = message.number
    metadata = {"display_phone_number": number.digits, "phone_number_id": number.phone_number_id}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": [status]}
    posting.post(message.chat, {"value": value, "field": "messages"}, at)


@contextmanager
def together() -> Iterator[None]:
    """What people send until the block is left reaches the webhook in one body."""
    with transaction.atomic():
        before = set(SimulatedWebhook.objects.values_list("pk", flat=True))
        yield
        new = list(SimulatedWebhook.objects.exclude(pk__in=before).order_by("pk"))
        if len(new) > 1:
            new[0].body = posting.joined(bytes(webhook.body) for webhook in new)
            new[0].save(update_fields=["body"])
            SimulatedWebhook.objects.filter(pk__in=[webhook.pk for webhook in new[1:]]).delete()
    postman.ring()


@contextmanager
def never_sent() -> Iterator[list[bytes]]:
    """What people send until the block is left was never sent; gives the notifications that would have told of it."""
    bodies: list[bytes] = []
    with transaction.atomic():
        before = set(SimulatedWebhook.objects.values_list("pk", flat=True))
        yield bodies
        new = SimulatedWebhook.objects.exclude(pk__in=before).order_by("pk")
        bodies += [bytes(webhook.body) for webhook in new]
        transaction.set_rollback(True)


def _told_of(webhook: SimulatedWebhook) -> set[str]:
    notification: Any = json.loads(bytes(webhook.body))
    changes = [change["value"] for entry in notification["entry"] for change in entry["changes"]]
    return {status["id"] for value in changes for status in value.get("statuses", [])}
