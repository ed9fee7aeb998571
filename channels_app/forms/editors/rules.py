"""Rules in pieces: rows in their order, each with the words it waits for, its answer and what else it does."""

import json
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _

from channels_app.bots import config
from channels_app.bots.rules import reading
from channels_app.forms.editors.answers import AnswerDraft
from channels_app.forms.editors.drafts import NOWHERE, Data, place_of, sentences, text_of

MOST_ROWS = 150
"""Rules that are shown as fields; whoever has more works on them as JSON."""

BLANK = "__key__"
"""Stands for the key of a row that is still to come."""


@dataclass
class RuleDraft:
    """A row. What was written otherwise than fields can say is in `raw`, as JSON, and in nothing else."""

    key: str
    answer: AnswerDraft
    when: str = ""
    hands_over: bool = False
    why: str = ""
    always: bool = False
    raw: str | None = None
    wrong: str = ""
    wrong_when: str = ""
    wrong_why: str = ""

    @classmethod
    def of(cls, written: Any, key: str, name: str) -> Self:
        when, why = written["when"], written.get("handover")
        draft = cls(
            key,
            AnswerDraft.of(written.get("reply"), name),
            when="\n".join([when] if isinstance(when, str) else when),
            hands_over=why is not None,
            why=why or "",
            always=written.get("always", False),
        )
        if not _is_same(draft.value, written):
            draft.raw = json.dumps(written, indent=2, ensure_ascii=False)
        return draft

    @classmethod
    def entered(cls, data: Data, key: str, name: str) -> Self:
        return cls(
            key,
            AnswerDraft.entered(data, name),
            when=text_of(data, f"{name}-when"),
            hands_over=f"{name}-handover" in data or bool(data.get(f"{name}-why", "").strip()),
            why=text_of(data, f"{name}-why"),
            always=f"{name}-always" in data,
            raw=data.get(f"{name}-raw"),
        )

    @property
    def name(self) -> str:
        return self.answer.name

    @property
    def is_open(self) -> bool:
        """Whether it does more than answer with a text."""
        return self.answer.is_open or self.hands_over or self.always or bool(self.wrong_why)

    @property
    def patterns(self) -> list[str]:
        return [line.strip() for line in self.when.splitlines() if line.strip()]

    @property
    def is_blank(self) -> bool:
        if self.raw is not None:
            return not self.raw.strip()
        return not self.patterns and self.answer.value is None and not self.hands_over

    @property
    def value(self) -> Any:
        if self.raw is not None:
            return _read(self.raw)
        when, reply = self.patterns, self.answer.value
        return {
            "when": when[0] if len(when) == 1 else when,
            **({} if reply is None else {"reply": reply}),
            **({"handover": self.why.strip()} if self.hands_over else {}),
            **({"always": True} if self.always else {}),
        }

    def complain(self) -> bool:
        if self.raw is not None:
            return self._complain_of_json()
        answered = not self.answer.complain()
        if not self.patterns:
            self.wrong_when = _("Write what it answers to.")
        if self.answer.value is None and not self.hands_over:
            self.answer.wrong = _("Write what it answers.")
        try:
            config.fit([self.when, self.why])
            reading.read_rule(self.value)
        except reading.BadRule as exc:
            self.wrong_when = self.wrong_when or sentences(what for name, what in exc.about if name == "when")
            self.wrong_why = sentences(what for name, what in exc.about if name in ("handover", "always"))
            self.wrong = sentences(what for name, what in exc.about if not name)
        except ValueError as exc:
            self.wrong_when = sentences(exc.args)
        return not answered or any((self.wrong, self.wrong_when, self.wrong_why, self.answer.wrong))

    def _complain_of_json(self) -> bool:
        try:
            reading.read_rule(config.fit(json.loads(self.raw or "")))
        except json.JSONDecodeError as exc:
            self.wrong = _("This is not JSON (%(where)s).") % {"where": exc}
        except RecursionError:
            self.wrong = _("This is not JSON (%(where)s).") % {"where": _("too deep")}
        except ValueError as exc:
            self.wrong = sentences(exc.args)
        return bool(self.wrong)


@dataclass
class RulesDraft:
    """The rows. A blank one is none."""

    name: str
    rows: list[RuleDraft] = field(default_factory=list)
    template = "channels_app/editors/_rules.html"

    @classmethod
    def of(cls, value: Any, name: str) -> Self:
        written = value or []
        rows = [RuleDraft.of(each, str(place), f"{name}-{place}") for place, each in enumerate(written[:MOST_ROWS])]
        draft = cls(name, rows)
        draft._too_many = len(written) > MOST_ROWS
        for _row in range(1 if rows else 2):
            draft._add()
        return draft

    def __post_init__(self) -> None:
        self._too_many = False

    @classmethod
    def entered(cls, data: Data, name: str) -> Self:
        keys = [key for key in dict.fromkeys(data.getlist(f"{name}-row")) if place_of(key) < NOWHERE]
        return cls(name, [RuleDraft.entered(data, key, f"{name}-{key}") for key in keys])

    @property
    def blank(self) -> RuleDraft:
        return self._new(BLANK)

    @property
    def value(self) -> Any:
        return [row.value for row in self.rows if not row.is_blank] or None

    @property
    def fits(self) -> bool:
        return not self._too_many

    def rearrange(self, deed: str, key: str) -> None:
        deed, __, row_deed = deed.partition(":")
        key, __, inner = key.partition(".")
        if deed == "add":
            return self._add()
        place = next((place for place, row in enumerate(self.rows) if row.key == key), None)
        if place is None:
            return None
        if deed == "answer":
            return self.rows[place].answer.rearrange(row_deed, inner)
        row = self.rows.pop(place)
        if deed != "remove":
            to = {"up": place - 1, "down": place + 1}.get(deed, place)
            self.rows.insert(max(to, 0), row)
        return None

    def complain(self) -> bool:
        return sum(row.complain() for row in self.rows if not row.is_blank) > 0

    def _add(self) -> None:
        self.rows.append(self._new(str(1 + max((int(row.key) for row in self.rows), default=-1))))

    def _new(self, key: str) -> RuleDraft:
        return RuleDraft(key, AnswerDraft(f"{self.name}-{key}"))


def _is_same(value: Any, written: Any) -> bool:
    """Whether two rules are read alike, so that nothing is lost between them."""
    try:
        return reading.read_rule(value) == reading.read_rule(written)
    except reading.BadRule:
        return False


def _read(raw: str) -> Any:
    try:
        return config.fit(json.loads(raw))
    except (ValueError, RecursionError):
        return raw
