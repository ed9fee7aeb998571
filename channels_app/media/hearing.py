"""Hearing: a voice note that was fetched is transcribed, where the bot has something that hears."""

from typing import Any

import structlog

from channels_app import notices, voices
from channels_app.errors import Problem
from channels_app.media import keeping
from channels_app.models import Channel, KeptFile, Message, Status, known
from channels_app.models.holding import let_go
from channels_app.phrases import marked as _
from channels_app.speech.base import Refused, Sound, SpeechError

log = structlog.get_logger(__name__)

VOICE = "voice"
LONGEST = 20_000
UNHEARD = "unheard"
"""The key in a message's `content` that says why it was not transcribed."""
NOT_HEARD = _("There is nothing said in it.")


def heard(message: Message, kept: KeptFile) -> dict[str, Any]:
    """The columns of a voice note that say what is said in it; none for other messages, or where nothing hears.

    Raises OSError where the file cannot be read. No connection is held while it is listened to.
    """
    if message.content.get("type") != VOICE or message.status == Status.IGNORED:
        return {}
    channel = known.channels([message.channel_id])[message.channel_id]
    speech = voices.hearing(channel)
    if speech is None:
        return {}
    let_go()
    with keeping.opened(kept.file) as file:
        sound = Sound(data=file.read(), mime_type=kept.mime_type, name=f"note.{_ending(kept.mime_type)}")
    try:
        said = _storable(speech.hear(sound))
    except SpeechError as exc:
        log.warning("voice_note_not_heard", message=str(message.pk), error=type(exc).__name__)
        _tell(channel, exc)
        return {"content": {**message.content, UNHEARD: str(exc)[:500]}}
    notices.close(channel.provider, notices.HEARING, channel)
    let_go()
    if not said:
        return {"content": {**message.content, UNHEARD: NOT_HEARD}}
    return {"transcript": said, "text": said}


def note(said: dict[str, Any]) -> dict[str, str]:
    """Why it was not transcribed, for whoever looks at the file."""
    why = said.get("content", {}).get(UNHEARD)
    return {"note": f"Not transcribed: {why}"} if why else {}


def _ending(mime_type: str) -> str:
    """By which services know what they are given."""
    return "ogg" if mime_type.startswith("audio/ogg") else mime_type.partition(";")[0].rpartition("/")[2]


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST].strip()


def _tell(channel: Channel, error: SpeechError) -> None:
    """A key that is refused, or a service that stays away, is for the team to know."""
    problem = (
        error.problem
        if isinstance(error, Refused)
        else Problem(
            code=0,
            title=_("A voice note could not be transcribed"),
            detail=str(error)[:500],
            advice=_("See whether the speech service has a fault, and whether the bot's speech settings are right."),
        )
    )
    notices.tell(channel.provider, notices.HEARING, problem, channel)
    let_go()
