"""Speaking: the words of a message become a voice note at the carrier, made once however often they are sent."""

from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Any

import structlog

from channels_app import mailboxes, notices, voices
from channels_app.errors import AccessLost, GatewayError, Problem, StepDown, TryLater
from channels_app.gateways import gateway_for
from channels_app.media import keeping
from channels_app.models import Attempt, Conversation, Message, Status
from channels_app.models.holding import let_go
from channels_app.outbound import aloud, recording
from channels_app.outbound.ladder import Spoken
from channels_app.outbound.queue import Queue
from channels_app.outbound.spoken import SAID
from channels_app.phrases import marked as _
from channels_app.speech import audio
from channels_app.speech.base import NotAble, Refused, Sound, SpeechError, TooLong, Unfit

log = structlog.get_logger(__name__)

LARGEST_FILE = 16 * 1024 * 1024
UPLOAD_TRIES = 2


def voice_of(conversation: Conversation, part: Message) -> "PartVoice | None":
    """What speaks `part`; `None` where it is not to be spoken, or nothing speaks for this bot."""
    if not part.content.get("spoken"):
        return None
    speech = voices.speaking(conversation.channel)
    return PartVoice(conversation, part, speech) if speech else None


class PartVoice:
    """Says one message. What was made is kept with it: another try, also of another worker, does not make it again."""

    def __init__(self, conversation: Conversation, part: Message, speech: voices.Guarded) -> None:
        self._channel = conversation.channel
        self._part = part
        self._speech = speech

    def say(self, text: str) -> Spoken:
        """A voice note of `text` at Meta. Raises `StepDown` where there is none to be had, and `AccessLost`.

        No connection is held while it is made and sent up.
        """
        said = aloud.words(text)
        digest = sha256(said.encode()).hexdigest()
        before = self._part.content.get(SAID) or {}
        if before.get("digest") == digest and before.get("media_id"):
            return Spoken(media_id=before["media_id"], is_note=before["mime_type"] == audio.VOICE_NOTE)
        try:
            sound = self._kept(digest) or self._made(said, digest)
        except SpeechError as exc:
            self._tell(exc)
            raise StepDown(_unspoken(str(exc))) from exc
        media_id = self._sent_up(sound)
        self._note(media_id=media_id)
        return Spoken(media_id=media_id, is_note=sound.mime_type == audio.VOICE_NOTE)

    def _kept(self, digest: str) -> Sound | None:
        """What was made of these words before."""
        said = self._part.content.get(SAID) or {}
        if said.get("digest") != digest or not said.get("file"):
            return None
        try:
            data = keeping.read(said["file"])
        except OSError:
            return None
        return Sound(data=data, mime_type=said["mime_type"], name=said["name"])

    def _made(self, said: str, digest: str) -> Sound:
        sound = playable(self._speech.say(said))
        file: dict[str, Any] = {}
        try:
            row = keeping.keep(self._part.team_id, BytesIO(sound.data), name=sound.name, told=sound.mime_type)
            file = keeping.entry(row)
        except OSError as exc:
            log.error("voice_not_kept", message=str(self._part.pk), error=type(exc).__name__)
        self._part.content = {key: value for key, value in self._part.content.items() if key != SAID}
        self._note(digest=digest, file=file, mime_type=sound.mime_type, name=sound.name)
        notices.close(self._channel.provider, notices.SPEECH, self._channel)
        let_go()
        return sound

    def _sent_up(self, sound: Sound) -> str:
        gateway = gateway_for(self._channel.provider)
        number, size = self._channel.phone_number_id, len(sound.data)
        tries = 0
        while True:
            tries += 1
            try:
                return gateway.upload(number, BytesIO(sound.data), size, sound.mime_type, sound.name)
            except AccessLost:
                raise
            except GatewayError as exc:
                if not isinstance(exc, TryLater) or tries >= UPLOAD_TRIES:
                    raise StepDown(exc.problem) from exc

    def _note(self, **facts: Any) -> None:
        self._part.content = {**self._part.content, SAID: {**self._part.content.get(SAID, {}), **facts}}
        Message.objects.filter(pk=self._part.pk).update(content=self._part.content)
        let_go()

    def _tell(self, error: SpeechError) -> None:
        log.warning("not_spoken", message=str(self._part.pk), error=type(error).__name__)
        if isinstance(error, NotAble | TooLong):
            return
        problem = error.problem if isinstance(error, Refused) else _silent(str(error))
        notices.tell(self._channel.provider, notices.SPEECH, problem, self._channel)
        let_go()


def leave_out(queue: Queue, part: Message) -> None:
    """It was to say what was said already, or a courtesy, and cannot: nobody misses it. Nothing else ends with it."""
    attempts = queue.attempts_at(part)
    mailboxes.record(queue.mailbox, [])
    if attempts:
        recording.orphaned(Attempt.objects.filter(message=part))
        problem = recording.no_rung_left(queue, part)
        Message.objects.filter(pk=part.pk).update(
            status=Status.FAILED, error=problem.as_json(), retry_at=None, overtakes=False
        )
    else:
        Message.objects.filter(pk=part.pk).delete()
    queue.drop([part])


def playable(sound: Sound) -> Sound:
    """As a voice note; where that truly cannot be, an MP3 as the file that it is. Raises `SpeechError`."""
    try:
        return audio.to_voice_note(sound.data).sound
    except TooLong:
        raise
    except (NotAble, Unfit) as exc:
        if not _is_mp3(sound.data) or len(sound.data) > LARGEST_FILE:
            raise
        log.warning("voice_as_a_file", error=str(exc))
        return replace(sound, mime_type=audio.MP3, name="speech.mp3")


def _is_mp3(data: bytes) -> bool:
    return data.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"))


def _silent(reason: str) -> Problem:
    return Problem(
        code=0,
        title=_("A reply could not be spoken"),
        detail=reason[:500],
        advice=_("It was written instead. See whether the speech service has a fault, and the bot's speech settings."),
    )


def _unspoken(reason: str) -> Problem:
    return Problem(
        code=0,
        title=_("The reply could not be spoken"),
        detail=reason[:500],
        advice=_("Nothing: it was written instead. See the speech settings of the bot if it happens again."),
    )
