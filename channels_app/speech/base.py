"""What speaks and what hears, and what may go wrong with it.

SpeechError
├── NotAble       this one never can: nothing is set up for it, or it is not made for it
├── Away          perhaps a moment later: time-outs, 429, 5xx, an answer that is none
├── Refused       not before somebody has mended something: a key, a model, an address
└── Unfit         not this text, or this sound
    └── TooLong   because there is too much of it
"""

from dataclasses import dataclass, field
from typing import Protocol

from channels_app.errors import Problem
from channels_app.outside import Outside

LONGEST_TEXT = 4096
"""Characters that are spoken at once: https://platform.openai.com/docs/api-reference/audio/createSpeech"""


class SpeechError(Exception):
    """Nothing was said, or nothing was heard: says why, in a sentence without a word of what was to be said."""


class NotAble(SpeechError):
    """It does not do this, however often it is asked."""


class Away(SpeechError):
    """The same again after `retry_after` seconds, or after our own back-off where it is `None`."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Refused(SpeechError):
    """`problem` says what the team has to mend."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.title}: {problem.detail}")
        self.problem = problem


class Unfit(SpeechError):
    """This cannot be said, or heard."""


class TooLong(Unfit):
    """There is more of it than can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Something that can be played, with the name a file of it would have."""

    data: bytes = field(repr=False)
    mime_type: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a bot hears and speaks. `language` is a hint, as in en or pt-BR, "" where nobody knows.

    `base_url` goes up to and with `/v1`, with the `api_key` to it. A model that is "" is not used.
    """

    outside: Outside
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    transcription_model: str = ""
    speech_model: str = ""
    voice: str = ""
    language: str = ""


class Speech(Protocol):
    """One way to speak and to hear. Raises `SpeechError` and nothing else; `NotAble` for what it does not do."""

    def __init__(self, settings: Settings) -> None: ...

    @property
    def speaks(self) -> bool: ...

    @property
    def hears(self) -> bool: ...

    def say(self, text: str) -> Sound: ...

    def hear(self, sound: Sound) -> str: ...
