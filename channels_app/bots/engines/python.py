"""The bot that is Python: functions of the installation's own, each asked in turn until one has something to say.

A handler takes a `Turn`. It returns a `Reply`, a text, a list of both, an `Answer`, or None, which passes the turn on
to the next one. A class works as well: it is made once for each turn, and its `reply(turn)` is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

from channels_app.bots.config import Allowed, Listed, Number, Setting
from channels_app.bots.contract import Answer, CannotAnswer, Reply, Turn
from channels_app.bots.means import Means
from channels_app.errors import Problem
from channels_app.phrases import filled
from channels_app.phrases import marked as _

Handler = Callable[[Turn], Any]


class BadHandler(ValueError):
    """A dotted path leads to no handler, or to none that may be used: says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers(Listed):
    """Dotted paths, each allowed, and leading to something that can be asked."""

    def read(self, value: Any, allowed: Allowed) -> list[str]:
        paths = Listed.read(self, value, allowed)
        complaints = [complaint for path in paths if (complaint := _complaint(path, allowed))]
        if complaints:
            raise ValueError(*complaints)
        return paths


@dataclass(frozen=True, kw_only=True)
class PythonEngine:
    """Asks its handlers in their order. Where none replies, nothing is said."""

    settings: ClassVar[tuple[Setting, ...]] = (
        Handlers(
            name="handlers",
            label=_("Handlers"),
            needed=True,
            help=_("Dotted paths, asked in their order until one replies. Only paths that BOT_HANDLERS allows."),
        ),
        Number(
            name="max_history",
            label=_("Earlier messages"),
            default=0,
            most=200,
            help=_("How many messages that were said before are in `turn.history`."),
        ),
    )

    means: Means
    handlers: Sequence[str]
    max_history: int

    def reply(self, turn: Turn) -> Answer:
        for path in self.handlers:
            try:
                handler = find(path, self.means.handlers)
            except BadHandler as exc:
                raise CannotAnswer(_problem(str(exc)), is_final=True) from exc
            answer = asked(handler, turn)
            if answer is not None:
                return answer
        return Answer()


def asked(handler: Handler, turn: Turn) -> Answer | None:
    """What `handler` answers, in whichever form it says so; `None` where it passes the turn on.

    Raises TypeError where it returns anything else.
    """
    said = handler().reply(turn) if isinstance(handler, type) else handler(turn)
    if said is None or isinstance(said, Answer):
        return said
    each = said if isinstance(said, list | tuple) else [said]
    return Answer(replies=tuple(_reply(one) for one in each))


def find(path: str, allowed: Sequence[str]) -> Handler:
    """What `path` leads to. Raises `BadHandler`."""
    if not is_allowed(path, allowed):
        raise BadHandler(
            filled(
                _(
                    "“%(path)s” is not allowed here. Whoever runs this server may add it, or its package, to "
                    "BOT_HANDLERS."
                ),
                path=path[:100],
            )
        )
    module, __, name = path.rpartition(".")
    try:
        found: Handler = getattr(import_module(module), name)
    except (ImportError, AttributeError) as exc:
        raise BadHandler(filled(_("“%(path)s” cannot be imported: %(why)s"), path=path[:100], why=exc)) from exc
    if not callable(found):
        raise BadHandler(
            filled(_("“%(path)s” cannot be called: it has to be a function, or a class with `reply`."), path=path[:100])
        )
    return found


def is_allowed(path: str, allowed: Sequence[str]) -> bool:
    """Whether the operator allowed `path`: itself, or with `.*` behind it what it is in."""
    parts = path.split(".")
    if len(parts) < 2 or not all(part.isidentifier() and not part.startswith("_") for part in parts):
        return False
    return any(path == each or (each.endswith(".*") and path.startswith(each[:-1])) for each in allowed)


def _complaint(path: str, allowed: Allowed) -> str:
    try:
        find(path, allowed.handlers)
    except BadHandler as exc:
        return str(exc)
    return ""


def _reply(said: object) -> Reply:
    if isinstance(said, Reply):
        return said
    if isinstance(said, str):
        return Reply(text=said)
    raise TypeError(f"A handler returned {type(said).__name__}: it may return a Reply, a text, a list of them, or None")


def _problem(detail: str) -> Problem:
    advice = _("Correct the bot's handlers, or have BOT_HANDLERS allow them.")
    return Problem(code=0, title=_("The bot has a handler that cannot be used"), detail=detail, advice=advice)
