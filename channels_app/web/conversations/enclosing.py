"""Enclosing: a file that a member chose, or recorded, is kept, and goes with what they say."""

from io import BytesIO
from typing import Any
from uuid import UUID

import structlog
from django.utils.translation import gettext as _

from channels_app.bots.contract import Attachment
from channels_app.media import keeping, kinds
from channels_app.models.holding import let_go
from channels_app.outbound.files import VOICE_NOTE_NAME
from channels_app.speech import audio
from channels_app.speech.base import NotAble, SpeechError

log = structlog.get_logger(__name__)


class CannotEnclose(Exception):
    """The file is not taken: says why, in a sentence for whoever chose it."""


def kept(team_id: UUID, chosen: Any, *, recorded: bool) -> Attachment:
    """The file, kept; one that was `recorded` as a voice note. Raises `CannotEnclose`. No connection is held."""
    if chosen.size > keeping.LARGEST:
        raise CannotEnclose(_("This file is larger than %(most)s.") % {"most": kinds.readable(keeping.LARGEST)})
    let_go()
    try:
        if recorded:
            note = audio.to_voice_note(chosen).sound
            row = keeping.keep_once(team_id, BytesIO(note.data), name=VOICE_NOTE_NAME, told=note.mime_type)
            return Attachment(media=str(row.pk), type="audio")
        row = keeping.keep_once(team_id, chosen, name=chosen.name or "", told=chosen.content_type or "")
    except NotAble as exc:
        raise CannotEnclose(_("This server cannot make voice notes. Attach a sound file instead.")) from exc
    except SpeechError as exc:
        raise CannotEnclose(_("There is no sound in it that could be sent.")) from exc
    except OSError as exc:
        log.error("file_not_kept", team=str(team_id), error=type(exc).__name__)
        raise CannotEnclose(_("The storage of this server does not take the file.")) from exc
    return Attachment(media=str(row.pk), filename=row.name)
