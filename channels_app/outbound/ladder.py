"""The ladder: the forms a reply may take, best first, and what each would send. Pure: no database, no wire."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Protocol

from channels_app.messages import Outbound, SendTemplate, SendText, SendVoice
from channels_app.outbound import cutting, fitting

TEXT_LIMIT = 4096
"""https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages"""
TEMPLATE = "new_bot_message"
PARAMETER = "bot_message"


class Speech(Protocol):
    """Whoever turns words into a voice note at the carrier, and gives the id of its file there."""

    def say(self, text: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of a delivery, as it is to be said. `is_last` says that nothing of the reply follows it."""

    text: str
    spoken: bool = False
    quoted: str | None = None
    is_last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds at this moment: is the window open, what the template takes, and how many more of it we may send."""

    window_open: bool
    language: str
    room: int
    templates_left: int | None = None
    speech: Speech | None = None


class Rung(Protocol):
    """A rung knows whether it fits, how it has to be cut, and what it would send."""

    name: str

    def fits(self, part: Part, terms: Terms) -> bool: ...

    def pieces(self, part: Part, terms: Terms) -> list[str]: ...

    def make(self, part: Part, terms: Terms) -> Outbound: ...


class VoiceRung:
    name = "voice"

    def fits(self, part: Part, terms: Terms) -> bool:
        return part.spoken and terms.window_open and terms.speech is not None

    def pieces(self, part: Part, terms: Terms) -> list[str]:
        return [part.text]

    def make(self, part: Part, terms: Terms) -> Outbound:
        assert terms.speech is not None  # noqa: S101 - `fits` has seen to it
        return SendVoice(media_id=terms.speech.say(part.text), quoted=part.quoted)


class TextRung:
    name = "text"

    def fits(self, part: Part, terms: Terms) -> bool:
        return terms.window_open

    def pieces(self, part: Part, terms: Terms) -> list[str]:
        return cutting.cut(part.text, TEXT_LIMIT)

    def make(self, part: Part, terms: Terms) -> Outbound:
        return SendText(body=part.text, quoted=part.quoted)


class TemplateRung:
    """The approved template, the only one that may cross a closed window. Each is billed, so they may be capped."""

    name = "template"

    def fits(self, part: Part, terms: Terms) -> bool:
        return terms.templates_left is None or terms.templates_left > 0

    def pieces(self, part: Part, terms: Terms) -> list[str]:
        """As many as the text takes; with a cap the last one keeps all that is left, and is shortened when sent."""
        fitted = fitting.pieces(part.text, terms.room)
        left = terms.templates_left
        if left is None or len(fitted) <= left:
            return [part.text] if len(fitted) == 1 else fitted
        return [*fitted[: left - 1], " ".join(fitted[left - 1 :])]

    def make(self, part: Part, terms: Terms) -> Outbound:
        text = fitting.pieces(part.text, terms.room, 1)[0]
        if terms.templates_left == 1 and not part.is_last and not text.endswith("…"):
            text = fitting.pieces(part.text + " …", terms.room, 1)[0]
        return SendTemplate(name=TEMPLATE, language=terms.language, parameters=((PARAMETER, text),))


LADDER: tuple[Rung, ...] = (VoiceRung(), TextRung(), TemplateRung())


def rungs(part: Part, terms: Terms, tried: Container[str] = ()) -> list[Rung]:
    """The rungs that are left for `part`, best first."""
    return [rung for rung in LADDER if rung.name not in tried and rung.fits(part, terms)]
