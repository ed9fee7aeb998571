"""Rules as a team writes them down, read with a sentence on each thing that is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels_app.bots import replies
from channels_app.bots.contract import Reply
from channels_app.bots.rules import patterns
from channels_app.phrases import filled
from channels_app.phrases import marked as _

MOST = 500
FIELDS = ("when", "reply", "handover", "always")
EXAMPLE = '{"when": ["hello", "hi*"], "reply": "Good day!"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What it waits for, and what it says. `always` holds outside the hours of business, too."""

    when: tuple[str, ...]
    replies: tuple[Reply, ...]
    handover: str | None = None
    always: bool = False


class BadRule(ValueError):
    """What is wrong with a rule. `about` has, with each sentence, the field that mends it; "" is the whole."""

    def __init__(self, about: Sequence[tuple[str, str]]) -> None:
        super().__init__(*(what for _field, what in about))
        self.about = about


class BadReplies(ValueError):
    """What is wrong with replies. `about` has, with each sentence, the field of the reply; "" is the whole."""

    def __init__(self, about: Sequence[tuple[str, str]]) -> None:
        super().__init__(*(filled("%(name)s: %(what)s", name=name or "reply", what=what) for name, what in about))
        self.about = about


def read(value: Any) -> list[Rule]:
    """Raises ValueError, with a sentence for each thing that is wrong."""
    if not isinstance(value, list):
        raise ValueError(filled(_("This is a list of rules, such as [%(example)s]."), example=EXAMPLE))
    if len(value) > MOST:
        raise ValueError(filled(_("These are too many: at most %(most)d."), most=MOST))
    found, complaints = [], []
    for number, written in enumerate(value, start=1):
        try:
            found.append(read_rule(written))
        except ValueError as exc:
            complaints += [filled(_("Rule %(number)d: %(what)s"), number=number, what=what) for what in exc.args]
    if complaints:
        raise ValueError(*complaints)
    return found


def read_replies(value: Any) -> tuple[Reply, ...]:
    """A text, a reply, or a list of both. Raises `BadReplies`."""
    each = value if isinstance(value, list) else [value]
    try:
        return tuple(replies.read({"text": one} if isinstance(one, str) else one) for one in each)
    except replies.BadReply as exc:
        raise BadReplies([*exc.errors.items()]) from exc


def read_rule(written: Any) -> Rule:
    """Raises `BadRule`."""
    if not isinstance(written, Mapping):
        raise BadRule([("", filled(_("This is an object, such as %(example)s."), example=EXAMPLE))])
    about: list[tuple[str, str]] = [
        ("", filled(_("“%(name)s” is unknown. A rule has: %(known)s."), name=str(name)[:40], known=", ".join(FIELDS)))
        for name in written.keys() - FIELDS
    ]
    when, said, handover = written.get("when"), written.get("reply"), written.get("handover")
    waits: Any = [when] if isinstance(when, str) else when
    if not isinstance(waits, list) or not waits or not all(isinstance(each, str) for each in waits):
        about.append(("when", _("`when` is the words it waits for: a text, or a list of them.")))
    else:
        about += [("when", complaint) for each in waits if (complaint := patterns.complaint(each))]
    if handover is not None and not isinstance(handover, str):
        about.append(("handover", _("`handover` is a text: why a person should go on.")))
    if not isinstance(written.get("always", False), bool):
        about.append(("always", _("`always` is true or false.")))
    if said is None and handover is None:
        about.append(("reply", _("`reply` is needed: what it says.")))
    answers: tuple[Reply, ...] = ()
    try:
        answers = read_replies(said) if said is not None else ()
    except BadReplies as exc:
        about += [("reply", what) for what in exc.args]
    if about:
        raise BadRule(about)
    return Rule(when=tuple(waits), replies=answers, handover=handover, always=written.get("always", False))
