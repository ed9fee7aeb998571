"""What a bot is asked and what it answers: no word of WhatsApp, its limits, tokens or windows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who wrote: the name WhatsApp shows, and an id that stays the same for this team."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a turn. `text` is what it says, or what arrived in words; `content` the same as structure."""

    id: str
    type: str
    text: str
    sent_at: datetime
    content: Mapping[str, Any] = field(default_factory=dict)
    quoted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a bot is asked: one message, or several that came in quick succession.

    `id` stays the same when a turn is asked a second time, which happens only where the first asking died unanswered.
    """

    id: str
    conversation: str
    channel: str
    participant: Person
    messages: tuple[Said, ...]
    window_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a bot wishes to say: it becomes one delivery. `text` may be Markdown."""

    text: str = ""
    voice: bool = False
    quote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a turn came to. `later` says that the replies come by themselves; `handover` why a person should go on."""

    replies: tuple[Reply, ...] = ()
    later: bool = False
    handover: str | None = None
    usage: Mapping[str, int] = field(default_factory=dict)


class Engine(Protocol):
    """The code that answers. It may take its time, and raise whatever it likes: a turn then is tried again."""

    def reply(self, turn: Turn) -> Answer: ...
