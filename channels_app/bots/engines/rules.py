"""The bot that follows rules: patterns and their replies, a menu, hours of business. It needs no key and no service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from channels_app.bots.config import Setting, Zone
from channels_app.bots.contract import Answer, Reply, Said, Turn
from channels_app.bots.means import Means
from channels_app.bots.rules import hours, patterns, reading
from channels_app.bots.rules.reading import Rule
from channels_app.bots.rules.settings import Dates, Hours, Replies, Rules
from channels_app.phrases import filled
from channels_app.phrases import marked as _

LONGEST_LOOK = 2.0
"""Seconds after which no more rules are tried on a turn: expressions can be written that look for ever."""


@dataclass(frozen=True, kw_only=True)
class RulesEngine:
    """The first rule that fits says what it has to say; where none does, the fallback."""

    takes_audio: ClassVar[bool] = False
    settings: ClassVar[tuple[Setting, ...]] = (
        Rules(
            name="rules",
            label=_("Rules"),
            needed=True,
            help=filled(_("A list, asked in its order: [%(example)s]."), example=reading.EXAMPLE),
        ),
        Replies(name="fallback", label=_("Fallback"), help=_("What is said where no rule fits.")),
        Hours(
            name="hours",
            label=_("Hours of business"),
            help=filled(_("Empty: always. Such as %(example)s."), example=hours.EXAMPLE),
            group=_("Hours of business"),
        ),
        Zone(
            name="timezone",
            label=_("Time zone"),
            help=_("Of the hours, such as Africa/Johannesburg."),
            group=_("Hours of business"),
        ),
        Replies(
            name="closed",
            label=_("Outside the hours"),
            help=_("What is said then, unless a rule fits that answers outside the hours, too."),
            group=_("Hours of business"),
        ),
        Dates(
            name="holidays",
            label=_("Holidays"),
            help=_('Dates without business, such as ["2026-12-25"].'),
            group=_("Hours of business"),
        ),
    )

    means: Means
    rules: Any
    fallback: Any
    hours: Any
    holidays: Any
    closed: Any
    timezone: str

    def reply(self, turn: Turn) -> Answer:
        is_open = self._is_open()
        rules = [rule for rule in reading.read(self.rules) if is_open or rule.always]
        until = monotonic() + LONGEST_LOOK
        fitting = [rule for said in turn.messages if (rule := _fitting(rules, said, until))]
        chosen = [rule for place, rule in enumerate(fitting) if rule not in fitting[:place]]
        if not chosen:
            return Answer(replies=_written(self.fallback if is_open else self.closed))
        return Answer(
            replies=tuple(reply for rule in chosen for reply in rule.replies),
            handover=next((rule.handover for rule in chosen if rule.handover is not None), None),
        )

    def _is_open(self) -> bool:
        if not self.hours and not self.holidays:
            return True
        now = datetime.now(UTC).astimezone(ZoneInfo(self.timezone))
        spans = hours.read(self.hours or {"mon-sun": "00:00-24:00"})
        return hours.are_open(spans, hours.read_dates(self.holidays or []), now)


def _fitting(rules: Sequence[Rule], said: Said, until: float) -> Rule | None:
    """The first rule that waits for what was said. Of a choice that was taken, its id counts before its title."""
    heard = [said.choice.id, said.text] if said.choice else [said.text]
    for words in heard:
        for rule in rules:
            if monotonic() > until:
                return None
            if any(patterns.matches(pattern, words) for pattern in rule.when):
                return rule
    return None


def _written(value: Any) -> tuple[Reply, ...]:
    return reading.read_replies(value) if value else ()
