"""Fetching: the files that people send are taken over from Meta at once, for its links live for minutes.

Each message with a file has a `Fetch` as long as the file is to be tried for. Its turn waits for a while, and then goes
to the bot without.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from channels_app import clock, mailboxes, watch
from channels_app.errors import AccessLost, GatewayError, OutcomeUnknown, TryLater
from channels_app.gateways import gateway_for
from channels_app.media import hearing, keeping
from channels_app.models import Direction, Fetch, KeptFile, Message, Status
from channels_app.models.holding import let_go, unclaimed
from channels_app.phrases import marked as _

log = structlog.get_logger(__name__)

PAUSES = (2, 4, 8, 16, 30)
"""Seconds between the first tries; a turn waits as long as they last."""
PATIENCE = timedelta(seconds=120)
"""How long a turn waits for its files, at the most."""
LATER = timedelta(hours=1)
LIVES = timedelta(days=7)
"""How long Meta keeps what was sent to us."""
LEASE = timedelta(seconds=90)
"""A fetch that its worker did not finish by then is begun anew: longer than a file may take to come."""
HEARING = timedelta(seconds=105)
"""As long as it may take to hear what is said in it, and less than a turn waits: services are given up before."""
LONGEST = 240.0
"""Seconds for all of that, after which a worker that keeps watch ends."""
SUSPECT, SET_ASIDE_AFTER = 2, 3
"""Tries in a row that came to no end, after which a file is fetched apart and kept unheard, or left at Meta."""
NOT_WHOLE = _("It did not arrive as it was sent.")
NOT_KEPT = _("It could not be kept: the storage of this server does not take it.")
BROKE = _("It was set aside: taking it over ended its worker, several times over.")


def wanted(messages: Sequence[Message]) -> list[Fetch]:
    """The fetches of those of `messages` that hold a file, to be written along with them."""
    return [Fetch(message=message) for message in messages if _media_id(message)]


def awaited(turn: Sequence[Message], now: datetime) -> datetime | None:
    """Until when the files of `turn` are waited for; `None` once they are there, or were waited for long enough."""
    moments = [message.created_at + PATIENCE for message in turn if _media_id(message) and not message.attachments]
    until = max(moments, default=now)
    return until if until > now else None


def are_waiting() -> bool:
    return _ordinary().exists()


def suspects_are_waiting() -> bool:
    """Whether some file is due for the ward."""
    return settings.WARD and _suspect().exists()


def fetch_next() -> bool:
    """Fetch one file that is due; false where none is. No connection is held while Meta is asked.

    Suspects are left to the ward, where there is one.
    """
    return _fetch_first_of(_ordinary())


def fetch_suspect() -> bool:
    """The same for those alone that may have cost workers their life."""
    return _fetch_first_of(_suspect())


def _ordinary() -> QuerySet[Fetch]:
    return _due().filter(unfinished__lt=SUSPECT) if settings.WARD else _due()


def _suspect() -> QuerySet[Fetch]:
    return _due().filter(unfinished__gte=SUSPECT)


def _due() -> QuerySet[Fetch]:
    return Fetch.objects.filter(due_at__lte=clock.now())


def _fetch_first_of(due: QuerySet[Fetch]) -> bool:
    fetch = _claim(due)
    if fetch is None:
        return False
    let_go()
    if fetch.unfinished > SET_ASIDE_AFTER:
        log.error("file_set_aside", message=str(fetch.pk), tries=fetch.tries)
        _finish(fetch, [{"error": BROKE}], {})
        return True
    with watch.step("fetching a file", LONGEST):
        _fetch(fetch)
    return True


class _NotWhole(Exception):
    """The bytes are not those that Meta speaks of."""


def _fetch(fetch: Fetch) -> None:
    message = fetch.message
    try:
        kept = _fetched(message)
        said = _heard(fetch, kept)
    except GatewayError as exc:
        may_come = isinstance(exc, TryLater | OutcomeUnknown | AccessLost)
        _failed(fetch, f"{exc.problem.title} {exc.problem.detail}".strip()[:500], may_come=may_come)
    except _NotWhole:
        _failed(fetch, NOT_WHOLE, may_come=True)
    except OSError as exc:
        log.error("file_not_kept", message=str(message.pk), error=type(exc).__name__)
        _failed(fetch, NOT_KEPT, may_come=True)
    else:
        _finish(fetch, [{**keeping.entry(kept), **hearing.note(said)}], said)


def _heard(fetch: Fetch, kept: KeptFile) -> dict[str, Any]:
    """Columns of the message that are written with its file, such as what a voice note says."""
    if fetch.unfinished > SUSPECT:
        return {}
    Fetch.objects.filter(pk=fetch.pk).update(due_at=clock.now() + HEARING)
    let_go()
    return hearing.heard(fetch.message, kept)


def _claim(due: QuerySet[Fetch]) -> Fetch | None:
    now = clock.now()
    with transaction.atomic():
        fetch = unclaimed(due.order_by("due_at").select_related("message__channel__provider")).first()
        if fetch is not None:
            fetch.due_at, fetch.tries, fetch.unfinished = now + LEASE, fetch.tries + 1, fetch.unfinished + 1
            fetch.save(update_fields=["due_at", "tries", "unfinished"])
        return fetch


def _fetched(message: Message) -> KeptFile:
    """Raises GatewayError, `_NotWhole` and OSError."""
    content, channel = message.content, message.channel
    with keeping.scratch() as file:
        told = gateway_for(channel.provider).download(
            channel.phone_number_id, _media_id(message), file, keeping.LARGEST
        )
        found = keeping.digest(file)
        if any(expected and expected != found for expected in (told.sha256, str(content.get("sha256") or ""))):
            raise _NotWhole
        name = str(content.get("filename") or "")
        return keeping.keep(message.team_id, file, name=name, told=told.mime_type or str(content.get("mime_type")))


def _failed(fetch: Fetch, why: str, *, may_come: bool) -> None:
    """Again in a while, if it may come; the bot is not kept waiting for what takes longer than a minute."""
    log.warning("file_not_fetched", message=str(fetch.pk), tries=fetch.tries, may_come=may_come)
    if may_come and fetch.tries <= len(PAUSES):
        pause = timedelta(seconds=PAUSES[fetch.tries - 1])
        Fetch.objects.filter(pk=fetch.pk).update(due_at=clock.now() + pause, unfinished=0)
        return
    is_young = fetch.message.created_at > clock.now() - LIVES
    _finish(fetch, [{"error": why}], {}, again_at=clock.now() + LATER if may_come and is_young else None)


def _finish(
    fetch: Fetch, attachments: list[dict[str, Any]], said: dict[str, Any], again_at: datetime | None = None
) -> None:
    """Write down what came of it, and ring the conversation where its turn waits."""
    rows = Message.objects.filter(pk=fetch.pk)
    with transaction.atomic():
        waits_in = rows.filter(status=Status.RECEIVED).values_list("conversation_id", flat=True)
        mailboxes.ring(pk for pk in waits_in if pk)
        rows.update(attachments=attachments, **said)
        if again_at:
            Fetch.objects.filter(pk=fetch.pk).update(due_at=again_at, unfinished=0)
        else:
            Fetch.objects.filter(pk=fetch.pk).delete()


def _media_id(message: Message) -> str:
    """Meta's id of the file in a message that came in; nothing where there is none."""
    return str(message.content.get("media_id") or "") if message.direction == Direction.INBOUND else ""
