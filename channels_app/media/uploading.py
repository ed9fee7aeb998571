"""Uploading: a kept file goes to Meta once for each number, and is sent by its id there for the next 30 days."""

from datetime import timedelta
from threading import Lock

from channels_app import clock
from channels_app.errors import Problem, StepDown
from channels_app.gateways import gateway_for
from channels_app.media import keeping
from channels_app.models import Channel, Upload
from channels_app.models.holding import let_go
from channels_app.phrases import marked as _

LIVES = timedelta(days=29)
"""A day less than at Meta: a message may wait a while before it is sent."""
GONE = Problem(
    code=0,
    title=_("The file is not kept any more"),
    detail=_("It was deleted here before it could be sent."),
    advice=_("Send it again, or have the team's files kept for longer."),
)
_locks = tuple(Lock() for _ in range(64))


def media_id(channel: Channel, file: str, sha256: str, mime_type: str, name: str) -> str:
    """Meta's id of a kept file at this number. No connection is held while it goes up.

    Raises GatewayError, `StepDown` where the file is gone.
    """
    with _locks[hash((channel.pk, sha256)) % len(_locks)]:
        found = _known(channel, sha256, mime_type)
        if found:
            return found
        let_go()
        try:
            with keeping.opened(file) as opened:
                size = opened.seek(0, 2)
                made = gateway_for(channel.provider).upload(channel.phone_number_id, opened, size, mime_type, name)
        except OSError as exc:
            raise StepDown(GONE) from exc
        fresh = {"media_id": made, "created_at": clock.now()}
        Upload.objects.update_or_create(channel=channel, sha256=sha256, mime_type=mime_type, defaults=fresh)
        let_go()
        return made


def forget(channel: Channel, sha256: str) -> None:
    """Meta does not take this file by its id: the next time it goes up anew."""
    Upload.objects.filter(channel=channel, sha256=sha256).delete()


def _known(channel: Channel, sha256: str, mime_type: str) -> str:
    rows = Upload.objects.filter(channel=channel, sha256=sha256, mime_type=mime_type)
    return rows.filter(created_at__gt=clock.now() - LIVES).values_list("media_id", flat=True).first() or ""
