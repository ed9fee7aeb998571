"""A provider's health, as a strip: what its last check-up found, and what wants mending since."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels_app.models import Checkup, Provider
from channels_app.told import told, told_of

Level = Literal["good", "fair", "bad", "calm"]
LEVELS: dict[str, Level] = {"ok": "good", "warning": "fair", "error": "bad"}
ORDER = ("error", "warning", "ok")


@dataclass(frozen=True, slots=True)
class Pill:
    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """`lines` are those of the check-up, worst first, in the reader's language."""

    pills: list[Pill]
    lines: list[dict[str, Any]]
    checked_at: datetime | None


def strip_of(provider: Provider) -> Strip:
    """Of a provider that has `open_notices`."""
    checkup = _checkup(provider)
    lines = sorted(map(_told, checkup.lines), key=lambda line: ORDER.index(line["status"])) if checkup else []
    notices: Any = getattr(provider, "open_notices", [])
    pills = [Pill("bad", _("Refused by Meta"))] if provider.blocked_at else []
    pills += [Pill("fair", told(notice.title)) for notice in notices[:2]]
    if checkup is None:
        return Strip([*pills, Pill("calm", _("Not checked yet"))], [], None)
    return Strip([*pills, *_counted(lines)], lines, checkup.at)


def _told(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, **{name: told_of(line, name) for name in ("name", "detail", "fix")}}


def _counted(lines: list[dict[str, Any]]) -> list[Pill]:
    wrong = [line for line in lines if line["status"] == "error"]
    doubtful = [line for line in lines if line["status"] == "warning"]
    pills = [Pill("bad", line["name"]) for line in wrong[:2]] + [Pill("fair", line["name"]) for line in doubtful[:2]]
    if not pills:
        return [Pill("good", _("All well"))]
    fine = len(lines) - len(wrong) - len(doubtful)
    if not fine:
        return pills
    return [*pills, Pill("good", ngettext("%(count)d is fine", "%(count)d are fine", fine) % {"count": fine})]


def _checkup(provider: Provider) -> Checkup | None:
    return getattr(provider, "checkup", None)
