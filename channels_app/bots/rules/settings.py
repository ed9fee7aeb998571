"""The settings that rules are written in, for any engine that takes some: each is read by the rules about it."""

from dataclasses import dataclass
from typing import Any

from channels_app.bots.config import Allowed, Setting
from channels_app.bots.rules import hours, reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(Setting):
    """A list of rules, as `reading` has them."""

    def read(self, value: Any, allowed: Allowed) -> Any:
        reading.read(value)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies(Setting):
    """A text, a reply, or a list of both."""

    def read(self, value: Any, allowed: Allowed) -> Any:
        reading.read_replies(value)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Setting):
    """Days of the week and their hours."""

    def read(self, value: Any, allowed: Allowed) -> Any:
        hours.read(value)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates(Setting):
    """Dates on which nobody is there."""

    def read(self, value: Any, allowed: Allowed) -> Any:
        hours.read_dates(value)
        return value
