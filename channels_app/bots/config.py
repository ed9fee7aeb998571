"""What a bot's configuration may hold: each engine describes its settings here, for forms, API and documents alike."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from channels_app.outside import addresses
from channels_app.phrases import filled
from channels_app.phrases import marked as _

NEEDED = _("This is needed.")
LONGEST_SECRET = 1000
DEEPEST = 50
UNFIT = re.compile("[\0\ud800-\udfff]")


def _shortly(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number}"


Complaints = dict[str, list[str]]
"""What is wrong, by the name of the setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What whoever runs the installation allows its teams: hosts on private addresses, and handlers."""

    private_hosts: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()


class BadConfig(Exception):
    """`complaints` says of each setting what is wrong with it and what to do."""

    def __init__(self, complaints: Complaints) -> None:
        super().__init__(complaints)
        self.complaints = complaints


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. `help` ends up under its field, and in the API's description. A form shows a `group` together."""

    name: str
    label: str
    help: str = ""
    needed: bool = False
    default: Any = None
    group: str = ""

    def read(self, value: Any, allowed: Allowed) -> Any:
        """`value` as it is kept. Raises ValueError, with a sentence for each thing that is wrong with it."""
        raise NotImplementedError

    def is_missing(self, value: Any) -> bool:
        return value is None or value in ("", [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Setting):
    """Text of at most `longest` characters; of one line, unless `long`."""

    longest: int = 200
    long: bool = False
    default: Any = ""

    def read(self, value: Any, allowed: Allowed) -> str:
        if not isinstance(value, str):
            raise ValueError(_("This is text."))
        if len(value) > self.longest:
            raise ValueError(filled(_("This is too long: at most %(most)d characters."), most=self.longest))
        if not self.long and ("\n" in value or "\r" in value):
            raise ValueError(_("This is a single line."))
        if "\0" in value:
            raise ValueError(_("There is a character in it that cannot be kept: the one with the number 0."))
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Setting):
    """A number from `least` to `most`; a whole one, unless `fraction`."""

    least: float = 0
    most: float = 1_000_000
    fraction: bool = False

    def read(self, value: Any, allowed: Allowed) -> int | float:
        kinds = (int, float) if self.fraction else (int,)
        if isinstance(value, bool) or not isinstance(value, kinds) or not self.least <= value <= self.most:
            said = (
                _("This is a number from %(least)s to %(most)s.")
                if self.fraction
                else _("This is a whole number from %(least)s to %(most)s.")
            )
            raise ValueError(filled(said, least=_shortly(self.least), most=_shortly(self.most)))
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Setting):
    """Yes or no."""

    default: Any = False

    def read(self, value: Any, allowed: Allowed) -> bool:
        if not isinstance(value, bool):
            raise ValueError(_("This is true or false."))
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Setting):
    """A list of words, without those that are blank."""

    most: int = 20

    def read(self, value: Any, allowed: Allowed) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise ValueError(_("This is a list of text."))
        if len(value) > self.most:
            raise ValueError(filled(_("These are too many: at most %(most)d."), most=self.most))
        return [entry.strip() for entry in value if entry.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress(Words):
    """An address that may be called from here."""

    longest: int = 2000

    def read(self, value: Any, allowed: Allowed) -> str:
        address = Words.read(self, value, allowed).strip()
        if complaint := addresses.complaint(address, allowed.private_hosts):
            raise ValueError(complaint)
        return address


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone(Words):
    """The name of a time zone."""

    default: Any = "UTC"

    def read(self, value: Any, allowed: Allowed) -> str:
        name = Words.read(self, value, allowed).strip()
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            complaint = _("“%(name)s” is no time zone. Write it as Area/City, such as Africa/Johannesburg.")
            raise ValueError(filled(complaint, name=name[:40])) from None
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret(Words):
    """A secret: kept encrypted beside the configuration, and shown masked. A bot has one at the most.

    Sent back empty, or as it is shown, it stays what it was.
    """

    longest: int = LONGEST_SECRET


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAiProvider(Setting):
    """The id of an AI provider of the team. Whether it is one is for those to say who know the team."""

    def read(self, value: Any, allowed: Allowed) -> str:
        if not isinstance(value, str):
            raise ValueError(_("This is the id of an AI provider of the team."))
        return value


def fit(value: Any) -> Any:
    """`value`, unless there is something in it that no database takes and no page shows. Raises ValueError."""
    open_ends = [(value, 0)]
    while open_ends:
        each, depth = open_ends.pop()
        if depth > DEEPEST:
            raise ValueError(_("This is nested too deep."))
        if isinstance(each, Mapping):
            open_ends += [(inner, depth + 1) for inner in (*each.keys(), *each.values())]
        elif isinstance(each, list | tuple):
            open_ends += [(inner, depth + 1) for inner in each]
        elif isinstance(each, str) and UNFIT.search(each):
            raise ValueError(
                _("There is a character in it that cannot be kept: the one with the number 0, or half of one.")
            )
    return value


def read(settings: Sequence[Setting], config: Mapping[str, Any], allowed: Allowed) -> dict[str, Any]:
    """`config` as it is kept: what is left at its default is left out. Raises `BadConfig`."""
    complaints: Complaints = {}
    known = {setting.name: setting for setting in settings}
    strange = [str(name)[:40] for name in config if name not in known]
    if strange:
        takes = ", ".join(f"“{name}”" for name in known)
        said = f"It takes: {takes}." if takes else _("It takes nothing but {}.")
        complaints |= {name: [f"This engine has no such setting. {said}"] for name in strange}
    kept: dict[str, Any] = {}
    for name, setting in known.items():
        value = config.get(name)
        if setting.is_missing(value):
            if setting.needed:
                complaints[name] = [NEEDED]
            continue
        try:
            kept[name] = fit(setting.read(value, allowed))
        except ValueError as exc:
            complaints[name] = [said if isinstance(said, str) else str(said) for said in exc.args]
    if complaints:
        raise BadConfig(complaints)
    return {name: value for name, value in kept.items() if value != known[name].default}
