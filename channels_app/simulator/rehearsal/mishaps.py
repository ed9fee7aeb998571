"""Mishaps that need no row: what was taken fails by status, a webhook is forged, several come as one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from channels_app.simulator import notifying, posting
from channels_app.simulator.models import SimulatedMessage, SimulatedWebhook
from channels_app.simulator.postman import postman


@transaction.atomic
def fail(wamid: str, code: int) -> None:
    """Meta has taken the message `wamid`, and reports now that it could not bring it, with the error `code`."""
    message = SimulatedMessage.objects.select_related("chat__person", "number__account").get(wamid=wamid)
    for webhook in SimulatedWebhook.objects.filter(chat=message.chat, message=None):
        if wamid in _told_of(webhook):
            webhook.delete()
    words = f"Error {code}"
    notifying.tell_of_failure(message, code, words, words)


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
