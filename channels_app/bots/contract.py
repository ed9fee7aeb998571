"""What a bot is asked and what it answers: no word of WhatsApp, its limits, tokens or windows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from channels_app.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who wrote: the name WhatsApp shows, and an id that stays the same for this team.

    `address` is what they are written to by: digits of a number, or a user id.
    """

    id: str
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that came with a message, where it is kept. `read` gives its bytes, and raises OSError without them.

    `link` gives an address that whoever knows it can get the file from, for a few minutes; "" where there is none.
    """

    type: str
    mime_type: str
    read: Callable[[], bytes]
    link: Callable[[], str] = str
    name: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A message of the same conversation that another one refers to. `ours` says that the bot's side wrote it."""

    id: str
    text: str
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One of the choices that a reply offered, taken by a tap, or by its title or its number when typed.

    `question` is the message that offered it; `None` for the button of a template that somebody else sent.
    """

    id: str
    title: str
    description: str = ""
    question: Earlier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a turn. `text` is what it says, or what arrived in words; `content` the same as structure.

    `choice` is what was taken of the choices that were asked last; a tap on anything older is text alone. `quoted` is
    the message that it quotes, or whose button was tapped.
    """

    id: str
    type: str
    text: str
    sent_at: datetime
    content: Mapping[str, Any] = field(default_factory=dict)
    choice: Chosen | None = None
    quoted: Earlier | None = None
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Something that was said in the conversation before: by the person, or by our side."""

    by: Literal["person", "us"]
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a bot is asked: one message, or several that came in quick succession.

    `id` stays the same when a turn is asked a second time, which happens only where the first asking died unanswered.
    `history` is what was said before, oldest first: as many messages as the engine's `max_history` asks for.
    `language` is that of the channel's templates.
    """

    id: str
    conversation: str
    channel: str
    participant: Person
    messages: tuple[Said, ...]
    window_expires_at: datetime | None = None
    history: tuple[Past, ...] = ()
    channel_name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer that is offered. `id` comes back when it is taken, and is never shown."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A web address behind a button called `title`."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Degrees, north and east positive."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A number as it is to be shown; with the `wa_id` of it, whoever sees it can write there at once."""

    number: str
    wa_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A card for somebody's address book."""

    name: str
    phones: tuple[Phone, ...] = ()
    emails: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    organisation: str = ""


AttachmentType = Literal["image", "video", "audio", "document", "sticker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file at a public address, one that was uploaded (`media` is its id), or the bytes themselves.

    Without `type` it is shown as what its bytes say.
    """

    url: str = ""
    type: AttachmentType | None = None
    filename: str = ""
    media: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A message that was approved beforehand. `parameters` fill its body: by name, or in order."""

    name: str
    language: str = ""
    parameters: Mapping[str, str] | tuple[str, ...] = ()


Request = Literal["location", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a bot wishes to say: it becomes one delivery. What WhatsApp does not take is said in the nearest form.

    `text` is Markdown, unless `markdown` is false: then it goes out as it stands. With an attachment it is the
    caption, with choices the question, with a link the words above its button. `menu` is the label that opens a list
    of choices. `request` asks for the person's place or phone number. `reaction` is one emoji on the message that is
    answered, "" takes the last one back. A `template` stands alone.
    """

    text: str = ""
    markdown: bool = True
    choices: tuple[Choice, ...] = ()
    menu: str = ""
    voice: bool = False
    quote: bool = False
    attachment: Attachment | None = None
    link: Link | None = None
    location: Place | None = None
    contacts: tuple[Contact, ...] = ()
    request: Request | None = None
    reaction: str | None = None
    template: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a turn came to. `later` says that the replies come by themselves; `handover` why a person should go on.

    `usage` counts tokens, or whatever the engine pays for. `problem` is what the team has to mend for a better answer.
    """

    replies: tuple[Reply, ...] = ()
    later: bool = False
    handover: str | None = None
    usage: Mapping[str, int] = field(default_factory=dict)
    problem: Problem | None = None


class CannotAnswer(Exception):
    """An engine has no answer, and knows why. Where that `is_final`, asking again would change nothing."""

    def __init__(self, problem: Problem, *, is_final: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.is_final = is_final


class Engine(Protocol):
    """The code that answers. It may take its time, and raise whatever it likes: a turn then is tried again.

    It may have a number `max_history`: that many earlier messages come with each turn. With `takes_audio` false it is
    not asked about voice notes that nobody transcribed: the channel has an answer to them.
    """

    def reply(self, turn: Turn) -> Answer: ...
