"""An answer in pieces: its text and its choices. What else a reply may have stays with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _

from channels_app.bots import config, fields
from channels_app.bots.rules import reading
from channels_app.bots.values import Wrong
from channels_app.forms.editors.drafts import Data, place_of, sentences, text_of
from channels_app.phrases import marked

EDITED = ("text", "choices")
WORDS_OF_PARTS = {
    "attachment": marked("a file"),
    "link": marked("a link"),
    "location": marked("a place"),
    "contacts": marked("contacts"),
    "template": marked("a template"),
    "reaction": marked("a reaction"),
}


@dataclass
class ChoiceDraft:
    """One choice. `id` is what a rule may wait for instead of the title, where it was given one."""

    title: str = ""
    description: str = ""
    id: str = ""
    wrong: str = ""

    @classmethod
    def of(cls, value: Any) -> Self:
        if isinstance(value, str):
            return cls(title=value)
        told = {name: str(value[name]) for name in ("title", "description", "id") if value.get(name) is not None}
        return cls(**told)

    @property
    def is_blank(self) -> bool:
        return not self.title.strip() and not self.description.strip()

    @property
    def value(self) -> Any:
        told = {"id": self.id, "title": self.title.strip(), "description": self.description.strip()}
        found = {name: said for name, said in told.items() if said}
        return found["title"] if found.keys() == {"title"} else found

    def complain(self) -> bool:
        try:
            fields.choice(config.fit(self.value))
        except Wrong as exc:
            self.wrong = _("The words to choose are needed.") if not self.title.strip() else sentences(exc.args)
        except ValueError as exc:
            self.wrong = sentences(exc.args)
        return bool(self.wrong)


@dataclass
class AnswerDraft:
    """A text and its choices. `kept` are the other parts of its reply, and `more` the replies that follow it."""

    name: str
    text: str = ""
    choices: list[ChoiceDraft] = field(default_factory=list)
    kept: Mapping[str, Any] = field(default_factory=dict)
    more: list[Any] = field(default_factory=list)
    wrong: str = ""
    wrong_choices: str = ""
    is_open: bool = False
    fits: bool = True
    template = "channels_app/editors/_answer_field.html"

    @classmethod
    def of(cls, value: Any, name: str) -> Self:
        first, *more = value if isinstance(value, list) and value else [value]
        reply = {"text": first} if isinstance(first, str) else first or {}
        text, choices = reply.get("text") or "", [ChoiceDraft.of(each) for each in reply.get("choices") or ()]
        kept = {part: said for part, said in reply.items() if part not in EDITED}
        draft = cls(name, text, choices, kept, more, is_open=bool(choices))
        draft.fits = value is None or _is_same(draft.value, value)
        return draft

    @classmethod
    def entered(cls, data: Data, name: str) -> Self:
        told = [data.getlist(f"{name}-{part}") for part in ("title", "description", "id")]
        choices = [ChoiceDraft(*each) for each in zip(*told, strict=False)]
        kept, more = _kept(data.get(f"{name}-kept"))
        draft = cls(name, text_of(data, f"{name}-text"), choices, kept, more)
        draft.is_open = any(not choice.is_blank for choice in choices)
        return draft

    @property
    def blank_choice(self) -> ChoiceDraft:
        return ChoiceDraft()

    @property
    def shown_choices(self) -> list[ChoiceDraft]:
        """With an empty row, for those without scripts."""
        return self.choices if self.choices and self.choices[-1].is_blank else [*self.choices, ChoiceDraft()]

    @property
    def value(self) -> Any:
        choices = [choice.value for choice in self.choices if not choice.is_blank]
        text = {"text": self.text} if self.text.strip() else {}
        first = {**text, **({"choices": choices} if choices else {}), **self.kept}
        replies = [first["text"] if first.keys() == {"text"} else first] if first else []
        replies += self.more
        return replies[0] if len(replies) == 1 else replies or None

    @property
    def kept_as_json(self) -> str:
        return json.dumps({"reply": self.kept, "more": self.more}) if self.kept or self.more else ""

    @property
    def kept_in_words(self) -> str:
        """What else is said, for those who cannot see it here."""
        parts = [_(WORDS_OF_PARTS[part]) if part in WORDS_OF_PARTS else f"“{part}”" for part in self.kept]
        more = [_("%(count)d more messages") % {"count": len(self.more)}] if len(self.more) > 1 else []
        more += [_("one more message")] if len(self.more) == 1 else []
        return ", ".join([*parts, *more])

    def rearrange(self, deed: str, key: str) -> None:
        if deed == "choice":
            self.choices.append(ChoiceDraft())
            self.is_open = True
        elif deed == "unchoice" and (place := place_of(key)) < len(self.choices):
            del self.choices[place]
            self.is_open = True

    def complain(self) -> bool:
        told = [choice for choice in self.choices if not choice.is_blank]
        if sum(choice.complain() for choice in told):
            self.is_open = True
            return True
        if self.value is None:
            return False
        try:
            config.fit(self.value)
            reading.read_replies(self.value)
        except reading.BadReplies as exc:
            of_choices = [what for name, what in exc.about if name in ("choices", "request")]
            self.wrong_choices = sentences(of_choices)
            self.wrong = sentences(what for name, what in exc.about if name not in ("choices", "request"))
            self.is_open = self.is_open or bool(of_choices)
        except ValueError as exc:
            self.wrong = sentences(exc.args)
        return bool(self.wrong or self.wrong_choices)


def _is_same(value: Any, written: Any) -> bool:
    """Whether two answers are read alike, so that nothing is lost between them."""
    try:
        return value is not None and reading.read_replies(value) == reading.read_replies(written)
    except reading.BadReplies:
        return False


def _kept(written: str | None) -> tuple[Mapping[str, Any], list[Any]]:
    """The parts that went along unseen; none, where somebody made something else of them."""
    try:
        found = config.fit(json.loads(written or "{}"))
    except (ValueError, RecursionError):
        return {}, []
    reply, more = (found.get("reply"), found.get("more")) if isinstance(found, dict) else ({}, [])
    known = {name: said for name, said in reply.items() if name not in EDITED} if isinstance(reply, dict) else {}
    return known, more if isinstance(more, list) else []
