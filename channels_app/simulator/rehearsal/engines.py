"""Bots that are rehearsed as they stand in a test, without a name in the settings."""

from collections.abc import Callable

from channels_app.bots.contract import Answer, Engine, Reply, Turn

NAME = "rehearsed"
PATH = f"{__name__}.Rehearsed"

Talk = Callable[[Turn], Answer | Reply | str]

_engines: dict[str, "Engine | Talk"] = {}


def register(engine: "Engine | Talk") -> dict[str, str]:
    """Have a bot of the engine `NAME` answer as `engine` does; gives the configuration of that bot."""
    key = f"{len(_engines) + 1}"
    _engines[key] = engine
    return {"key": key}


_failures: list[Exception] = []


def last_failure() -> Exception | None:
    """What a rehearsed bot raised last, for whoever wonders why it is silent."""
    return _failures[-1] if _failures else None


def forget() -> None:
    """What was registered, and what went wrong."""
    _engines.clear()
    _failures.clear()


class Rehearsed:
    """Asks whatever was registered. A plain function may answer with a text, or with one reply."""

    def __init__(self, key: str) -> None:
        self._engine = _engines[key]

    def reply(self, turn: Turn) -> Answer:
        try:
            return _as_answer(self._engine(turn) if callable(self._engine) else self._engine.reply(turn))
        except Exception as exc:
            _failures.append(exc)
            raise


def _as_answer(said: object) -> Answer:
    match said:
        case Answer():
            return said
        case Reply():
            return Answer(replies=(said,))
        case str():
            return Answer(replies=(Reply(text=said),))
        case _:
            raise TypeError(
                f"A bot answers with a text, a Reply or an Answer, and not with {said!r}. Answer() is nothing."
            )
