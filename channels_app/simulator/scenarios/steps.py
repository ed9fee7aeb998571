"""The steps of a scenario, as plain values; each knows the line that it stands in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """With `hours_ago` it was written then, and comes only now."""

    line: int
    who: str
    text: str
    hours_ago: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taps:
    line: int
    who: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacts:
    line: int
    who: str
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesPlace:
    line: int
    who: str
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesContact:
    line: int
    who: str
    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hears:
    """`kind`, `template` and `status` are empty where they do not matter."""

    line: int
    who: str
    words: str | re.Pattern[str]
    kind: str = ""
    template: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearsNothing:
    line: int
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BotWrites:
    line: int
    to: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursPass:
    line: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """`by_status` says that the message is taken at first."""

    line: int
    code: int
    by_status: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropAnswer:
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultBegins:
    """Until it ends, or has happened so many `times`."""

    line: int
    kind: str
    times: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEnds:
    line: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateBecomes:
    line: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    line: int
    steps: "tuple[Said, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """Somebody else says that `who` wrote `text`; our webhook is to answer with the HTTP status `answer`."""

    line: int
    who: str
    text: str
    answer: int = 403


Said = Writes | Taps | Reacts | SharesPlace | SharesContact
"""What a person sends."""
Happening = BotWrites | HoursPass | Refuse | DropAnswer | FaultBegins | FaultEnds | TemplateBecomes
Step = Said | Happening | Hears | HearsNothing | Together | Forged


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    engine: str
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`hidden` are the people who go by a username, and show no phone number."""

    file: str
    title: str
    people: tuple[str, ...]
    hidden: frozenset[str]
    bot: Bot | None
    steps: tuple[Step, ...]
