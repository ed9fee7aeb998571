"""Packing: the file that a message is to bring is fetched, adapted and kept, before a rung is chosen for it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any, BinaryIO
from uuid import UUID

import structlog

from channels_app import mailboxes
from channels_app.bots.contract import Attachment, Reply
from channels_app.errors import Problem
from channels_app.media import adapting, getting, keeping, links, uploading
from channels_app.models import Channel, KeptFile, Message
from channels_app.models.holding import let_go
from channels_app.models.together import changing
from channels_app.outbound import files, forms, recording
from channels_app.outbound.files import Enclosed
from channels_app.outbound.queue import Queue
from channels_app.phrases import marked as _

log = structlog.get_logger(__name__)

PAUSES = (2.0, 10.0)
"""Seconds between the tries to fetch a file by its address."""
LONG = 5.0
"""Seconds. A try that took longer is the last: whoever waits for the words has waited enough."""
NOT_THERE = _("There is no file {} here, or it is not kept any more.")
NOT_KEPT = _("The storage of this server does not take the file.")
UNKEPT = "unkept"
"""In place of the id of a file that was enclosed and could not be kept."""


class Uploads:
    """Whoever brings files to Meta for one number."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def media_id(self, file: Enclosed) -> str:
        """Meta's id of the file. Raises GatewayError."""
        return uploading.media_id(self._channel, file.file, file.sha256, file.mime_type, file.name)


def is_due(part: Message) -> bool:
    """Whether `part` is to bring a file that nobody has looked at yet."""
    return not part.attachments and isinstance(forms.of(part.content), Attachment)


def form_of(part: Message) -> forms.Form | None:
    """As what `part` is to be sent: a file as it was packed."""
    form = forms.of(part.content)
    if not isinstance(form, Attachment) or not part.attachments:
        return form
    found = part.attachments[0]
    kept = {name: str(found.get(name) or "") for name in ("file", "mime_type", "name", "sha256")}
    link = links.link(found["id"], links.LONG) if found.get("id") else str(found.get("link") or "")
    return Enclosed(type=found.get("as") or None, link=link, **kept)


def pack(queue: Queue, part: Message) -> datetime | None:
    """Look at the file of `part`, once; gives when to try again where it may come later. Raises `LeaseLost`.

    No connection is held while it comes.
    """
    wished = forms.of(part.content)
    assert isinstance(wished, Attachment)  # noqa: S101 - `is_due` has seen to it
    let_go()
    began = monotonic()
    try:
        entry = _packed(part.team_id, wished)
    except getting.NotGot as exc:
        if exc.may_come and part.tries < len(PAUSES) and monotonic() - began < LONG:
            part.tries += 1
            return recording.postpone(part, PAUSES[part.tries - 1])
        entry = _missing(wished, str(exc), wished.url if exc.may_be_told else "")
    except adapting.Refused as exc:
        entry = _missing(wished, str(exc))
    except OSError as exc:
        log.error("file_not_kept", message=str(part.pk), error=type(exc).__name__)
        entry = _missing(wished, NOT_KEPT, wished.url)
    part.attachments, part.type, part.tries = [entry], entry.get("as") or "document", 0
    changes = {"attachments": part.attachments, "type": part.type, "tries": 0}
    mailboxes.record(queue.mailbox, [changing(Message, {"pk": part.pk}, **changes)])
    return None


def refused(channel: Channel, part: Message) -> None:
    """Meta does not take the file of `part` by the id it has: the next time it goes up anew."""
    for entry in part.attachments:
        uploading.forget(channel, str(entry.get("sha256") or ""))


def problem(part: Message) -> Problem | None:
    """What is wrong with the file of `part`, where something is."""
    why = next((str(entry["error"]) for entry in part.attachments if entry.get("error")), "")
    advice = _("Correct the file or its address, and send it again.")
    return Problem(code=0, title=_("The file cannot be sent"), detail=why, advice=advice) if why else None


def not_there(team_id: UUID, media: Iterable[str]) -> list[str]:
    """Those of these ids that are of no file of the team's."""
    wanted = {each: _uuid(each) for each in media}
    if not wanted:
        return []
    own = KeptFile.objects.for_team(team_id).filter(pk__in=[pk for pk in wanted.values() if pk])
    there = set(own.values_list("pk", flat=True))
    return [each for each, pk in wanted.items() if pk not in there]


def kept_in(team_id: UUID, reply: Reply) -> Reply:
    """`reply` with the bytes that a bot enclosed kept as a file; where they cannot be, its words go all the same."""
    if reply.attachment is None or not reply.attachment.content:
        return reply
    try:
        with keeping.scratch() as file:
            file.write(reply.attachment.content)
            media = str(keeping.keep_once(team_id, file, name=reply.attachment.filename).pk)
    except OSError as exc:
        log.error("file_not_kept", team=str(team_id), error=type(exc).__name__)
        media = UNKEPT
    return replace(reply, attachment=replace(reply.attachment, content=b"", media=media))


def _packed(team_id: UUID, wished: Attachment) -> dict[str, Any]:
    """The file as it goes, for `attachments`. Raises `NotGot`, `Refused` and OSError."""
    with keeping.scratch() as file:
        name, told = _got(team_id, wished, file)
        with adapting.adapted(file, name, told, wished.type) as adapted:
            row = keeping.keep_once(team_id, adapted.file, name=adapted.name, told=adapted.mime_type)
            let_go()
            return {**keeping.entry(row), "mime_type": adapted.mime_type, "as": adapted.kind, "note": adapted.note}


def _got(team_id: UUID, wished: Attachment, into: BinaryIO) -> tuple[str, str]:
    """Write the file into `into`; gives its name, and the MIME type that it is said to have."""
    if not wished.media:
        name = files.name_of(wished)
        return name, getting.get(wished.url, name, into)
    if wished.media == UNKEPT:
        raise adapting.Refused(NOT_KEPT)
    row = KeptFile.objects.for_team(team_id).filter(pk=_uuid(wished.media)).first()
    if row is None:
        raise adapting.Refused(NOT_THERE.format(wished.media))
    try:
        with keeping.opened(row.file) as kept:
            while piece := kept.read(keeping.PIECE):
                into.write(piece)
    except FileNotFoundError as exc:
        raise adapting.Refused(NOT_THERE.format(wished.media)) from exc
    return wished.filename or row.name, row.mime_type


def _missing(wished: Attachment, why: str, link: str = "") -> dict[str, Any]:
    return {"error": why, "name": files.name_of(wished), "link": link}


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
