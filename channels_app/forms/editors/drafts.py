"""What an editor works on: a value of a configuration in pieces, as somebody is about to have it."""

from collections.abc import Iterable
from typing import Any, Protocol, Self

from django.http import QueryDict

from channels_app.told import told

Data = QueryDict
LONGEST_KEY = 8
NOWHERE = 10**LONGEST_KEY


class Draft(Protocol):
    """A value in pieces. What is wrong with a piece is kept beside it, by `complain`."""

    template: str

    @classmethod
    def of(cls, value: Any, name: str) -> Self:
        """A value that the setting takes, or none yet, for fields whose names begin with `name`."""
        ...

    @classmethod
    def entered(cls, data: Data, name: str) -> Self:
        """What was filled in."""
        ...

    @property
    def value(self) -> Any:
        """As the configuration has it; `None` where nothing was filled in."""
        ...

    @property
    def fits(self) -> bool:
        """Whether all that the value says can be seen and changed in this editor."""
        ...

    def rearrange(self, deed: str, key: str) -> None:
        """A row more, one less, or another place. Nothing happens where there is no such row."""
        ...

    def complain(self) -> bool:
        """Whether something is wrong, which then stands beside the piece that mends it."""
        ...


def sentences(said: Iterable[object]) -> str:
    """Complaints, in the reader's language."""
    return " ".join(dict.fromkeys(told(each) if isinstance(each, str) else str(each) for each in said))


def text_of(data: Data, name: str) -> str:
    return (data.get(name) or "").replace("\r\n", "\n")


def place_of(key: str) -> int:
    """The number that a row goes by; one that no row has, where `key` is something else."""
    return int(key) if key.isdecimal() and len(key) < LONGEST_KEY else NOWHERE
