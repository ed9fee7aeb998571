"""Keeping: a file goes into the storage, with a row that says what it is, and comes out of it again.

The storage is Django's: folders under MEDIA_ROOT, or S3. No folder of it is public; `links` leads there.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast
from uuid import UUID

import structlog
from django.core.files.base import File
from django.core.files.storage import default_storage

from channels_app import clock
from channels_app.media import names, sniffing
from channels_app.models import KeptFile
from channels_app.models.holding import let_go

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    FOREIGN: tuple[type[Exception], ...] = ()
else:
    FOREIGN = (BotoCoreError, ClientError)

log = structlog.get_logger(__name__)

LARGEST = 100 * 1024 * 1024
"""Bytes: Meta's limit for documents, and ours for anything."""
PIECE = 65536
ALIKE = frozenset({("video/mp4", "audio/mp4"), ("video/webm", "audio/webm"), ("video/3gpp", "audio/3gpp")})
"""What is in the bytes, and what it may be called instead: containers that hold sound alone."""


def scratch() -> BinaryIO:
    """A file to write into that is gone once it is closed. Large files pass through disks, not through memory."""
    return cast(BinaryIO, TemporaryFile())


def digest(file: BinaryIO) -> str:
    """SHA-256 in hex; the file is at its beginning afterwards."""
    file.seek(0)
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def keep(team_id: UUID, file: BinaryIO, *, name: str = "", told: str = "") -> KeptFile:
    """Put `file` into the storage. `told` is the MIME type that others say it has. Raises OSError.

    No connection is held meanwhile: the storage may be far away.
    """
    seen = sniffing.look(file)
    mime_type = sniffing.mime_type(seen, name)
    if (mime_type, sniffing.bare(told)) in ALIKE:
        mime_type = sniffing.bare(told)
    row = KeptFile(
        team_id=team_id,
        name=names.clean(name),
        mime_type=mime_type,
        size=seen.size,
        sha256=digest(file),
    )
    ending = sniffing.ENDINGS.get(mime_type, "")
    let_go()
    with _trouble_told():
        row.file = default_storage.save(f"media/{team_id.hex}/{row.pk.hex}{ending}", File(file))
    row.save(force_insert=True)
    return row


def keep_once(team_id: UUID, file: BinaryIO, *, name: str = "", told: str = "") -> KeptFile:
    """As `keep`; a file of the same name and content that the team has already is used once more instead."""
    same = KeptFile.objects.for_team(team_id).filter(sha256=digest(file), name=names.clean(name))
    found: KeptFile | None = same.order_by("-used_at").first()
    if found is None or not _is_there(found):
        return keep(team_id, file, name=name, told=told)
    use(found)
    return found


def use(row: KeptFile) -> None:
    """It is of use now: retention counts from here."""
    row.used_at = clock.now()
    KeptFile.objects.filter(pk=row.pk).update(used_at=row.used_at)


def entry(row: KeptFile) -> dict[str, Any]:
    """The file as it stands in the `attachments` of a message."""
    return {
        "id": str(row.pk),
        "file": row.file,
        "mime_type": row.mime_type,
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256,
    }


def opened(name: str) -> BinaryIO:
    """The file of this name in the storage. Raises OSError where it is gone.

    One that is far away is here by then: whoever reads it meets no trouble of the storage any more.
    """
    with _trouble_told():
        file = cast(BinaryIO, default_storage.open(name, "rb"))
        file.seek(0)
        return file


def read(kept: Mapping[str, Any]) -> bytes:
    """All the bytes of an entry in `attachments`. Raises OSError where they are gone."""
    with opened(str(kept["file"])) as file:
        return bytes(file.read())


def forget(rows: Iterable[KeptFile]) -> int:
    """Delete files and their rows; gives how many went."""
    gone = []
    for row in rows:
        try:
            with _trouble_told():
                default_storage.delete(row.file)
        except OSError as exc:
            log.warning("file_not_deleted", file=str(row.pk), error=type(exc).__name__)
            continue
        gone.append(row.pk)
    KeptFile.objects.filter(pk__in=gone).delete()
    return len(gone)


def _is_there(row: KeptFile) -> bool:
    with _trouble_told():
        return default_storage.exists(row.file)


@contextmanager
def _trouble_told() -> Iterator[None]:
    """Whatever a storage raises is an OSError."""
    try:
        yield
    except FOREIGN as exc:
        raise OSError(type(exc).__name__) from exc
