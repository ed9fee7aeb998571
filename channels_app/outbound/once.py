"""Once: two requests to send something that are one are answered by the same message."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from channels_app import clock
from channels_app.models import IdempotencyKey, Message, Team

KEYS_FOR = timedelta(hours=24)


class Reused(Exception):
    """The key came before, with another body."""


def once(team: Team, key: str, body: Any, make: Callable[[], Message]) -> Message:
    """What `make` makes, or what it made within the last day for the same key, also when asked twice at once.

    Raises `Reused` where the key came with another body.
    """
    digest = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    found = _made(team, key, digest)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(team=team, key=key, body_digest=digest)
            row.message = make()
            row.save(update_fields=["message"])
            return row.message
    except IntegrityError:
        found = _made(team, key, digest)
        if found is None:
            raise
        return found


def _made(team: Team, key: str, digest: str) -> Message | None:
    rows = IdempotencyKey.objects.filter(team=team, key=key)
    rows.filter(created_at__lte=clock.now() - KEYS_FOR).delete()
    row = rows.select_related("message").first()
    if row is None:
        return None
    if row.body_digest != digest:
        raise Reused
    return row.message
