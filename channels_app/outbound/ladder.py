"""The ladder: the forms a reply may take, best first, and what each would send. Pure: no database, no wire."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Protocol

from channels_app.bots.contract import Attachment, Template
from channels_app.messages import Outbound, SendTemplate, SendText, SendVoice
from channels_app.outbound import cutting, fitting, forms
from channels_app.outbound.files import Enclosed
from channels_app.outbound.forms import React

TEXT_LIMIT = 4096
"""https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages"""
VOICE = "voice"
TEMPLATE = "new_bot_message"
PARAMETER = "bot_message"


class Files(Protocol):
    """Whoever brings a file to the carrier, and gives its id there."""

    def media_id(self, file: Enclosed) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Words that were spoken, as a file at the carrier; `is_note` unless it can only be attached."""

    media_id: str
    is_note: bool = True


class Speech(Protocol):
    """Whoever turns words into a voice note at the carrier. Raises `StepDown` where it cannot be."""

    def say(self, text: str) -> Spoken: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of a delivery, as it is to be said. `is_last` says that nothing of the reply follows it.

    Of one that is `spoken`, `is_encore` says that the message before says the same in writing: it is voice or nothing.
    One that is a `courtesy` is not worth a template.
    """

    text: str
    form: forms.Form | None = None
    spoken: bool = False
    is_encore: bool = False
    courtesy: bool = False
    quoted: str | None = None
    is_last: bool = True

    @property
    def words(self) -> str:
        """All of it as text."""
        return forms.in_words(self.form, self.text)

    @property
    def has_words(self) -> bool:
        """Whether anything of it can be said in words: a file that nothing leads to cannot."""
        return not isinstance(self.form, Enclosed) or not cutting.is_blank(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds at this moment: is the window open, what the template takes, and how many more of it we may send."""

    window_open: bool
    language: str
    room: int
    templates_left: int | None = None
    speech: Speech | None = None
    files: Files | None = None


class Rung(Protocol):
    """A rung knows whether it fits, how the text has to be cut, and what it would send.

    Where `pieces` are not the text as it is, the message has to be cut so first. Pieces of words say all that a form
    would have shown; of pieces that keep the form, it is the last one that has it.
    """

    name: str

    def fits(self, part: Part, terms: Terms) -> bool: ...

    def pieces(self, part: Part, terms: Terms) -> list[str]: ...

    def make(self, part: Part, terms: Terms) -> Outbound: ...


class VoiceRung:
    name = VOICE

    def fits(self, part: Part, terms: Terms) -> bool:
        return part.spoken and part.form is None and terms.window_open and terms.speech is not None

    def pieces(self, part: Part, terms: Terms) -> list[str]:
        return [part.text]

    def make(self, part: Part, terms: Terms) -> Outbound:
        assert terms.speech is not None  # noqa: S101 - `fits` has seen to it
        spoken = terms.speech.say(part.text)
        return SendVoice(media_id=spoken.media_id, is_note=spoken.is_note, quoted=part.quoted)


class FormRung:
    """A message in a form of its own, of the type `name`: with buttons, a file, a place …"""

    def __init__(self, name: str) -> None:
        self.name = name

    def fits(self, part: Part, terms: Terms) -> bool:
        if part.form is None or isinstance(part.form, Template):
            return False
        return terms.window_open and forms.name(part.form) == self.name and forms.fits(part.form)

    def pieces(self, part: Part, terms: Terms) -> list[str]:
        most = forms.longest(part.form) if part.form else None
        if most is None or len(part.text) <= most:
            return [part.text]
        *whole, last = cutting.cut(part.text, TEXT_LIMIT)
        if not most or max(map(len, last.split()), default=0) > most:  # a long link, perhaps: it is not torn
            return [*whole, last, ""]
        return [*whole, *cutting.cut(last, most)]

    def make(self, part: Part, terms: Terms) -> Outbound:
        assert part.form is not None  # noqa: S101 - `fits` has seen to it
        assert not isinstance(part.form, Template | Attachment)  # noqa: S101
        if isinstance(part.form, Enclosed):
            assert terms.files is not None  # noqa: S101 - whoever sends has somebody for that
            return forms.enclosing(part.form, terms.files.media_id(part.form), part.text, part.quoted)
        return forms.outbound(part.form, part.text, part.quoted)


class TextRung:
    name = "text"

    def fits(self, part: Part, terms: Terms) -> bool:
        if part.is_encore or not part.has_words:
            return False
        return terms.window_open and not isinstance(part.form, Template | React)

    def pieces(self, part: Part, terms: Terms) -> list[str]:
        return cutting.cut(part.words, TEXT_LIMIT)

    def make(self, part: Part, terms: Terms) -> Outbound:
        return SendText(body=part.text, quoted=part.quoted)


class TemplateRung:
    """The approved template, the only one that may cross a closed window. Each is billed, so they may be capped.

    A template that the bot itself asks for goes as it is, whether the window is open or not.
    """

    name = "template"

    def fits(self, part: Part, terms: Terms) -> bool:
        if part.is_encore or part.courtesy or isinstance(part.form, React) or not part.has_words:
            return False
        return isinstance(part.form, Template) or terms.templates_left is None or terms.templates_left > 0

    def pieces(self, part: Part, terms: Terms) -> list[str]:
        """As many as the text takes; with a cap the last one keeps all that is left, and is shortened when sent."""
        if isinstance(part.form, Template):
            return [part.text]
        fitted = fitting.pieces(part.words, terms.room)
        left = terms.templates_left
        if left is None or len(fitted) <= left:
            return [part.words] if len(fitted) == 1 else fitted
        return [*fitted[: left - 1], " ".join(fitted[left - 1 :])]

    def make(self, part: Part, terms: Terms) -> Outbound:
        if isinstance(part.form, Template):
            return _as_asked(part.form, terms)
        text = fitting.pieces(part.text, terms.room, 1)[0]
        if terms.templates_left == 1 and not part.is_last and not text.endswith("…"):
            text = fitting.pieces(part.text + " …", terms.room, 1)[0]
        return SendTemplate(name=TEMPLATE, language=terms.language, parameters=((PARAMETER, text),))


FORMS: tuple[Rung, ...] = tuple(map(FormRung, forms.NAMES))
LADDER: tuple[Rung, ...] = (VoiceRung(), *FORMS, TextRung(), TemplateRung())


def _as_asked(template: Template, terms: Terms) -> SendTemplate:
    given = template.parameters
    pairs = given.items() if isinstance(given, Mapping) else (("", value) for value in given)
    return SendTemplate(
        name=template.name,
        language=template.language or terms.language,
        parameters=tuple((name, fitting.fit(value)) for name, value in pairs),
    )


def rungs(part: Part, terms: Terms, tried: Container[str] = ()) -> list[Rung]:
    """The rungs that are left for `part`, best first."""
    return [rung for rung in LADDER if rung.name not in tried and rung.fits(part, terms)]
