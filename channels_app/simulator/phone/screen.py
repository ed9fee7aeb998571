"""What is seen on the phone, and what of it is new since somebody looked last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from django.conf import settings
from django.db.models import DateTimeField, F, Max, OuterRef, Subquery, TextField

from channels_app import clock
from channels_app.gateways.meta import numbers
from channels_app.models import Channel, Notice
from channels_app.simulator.models import (
    WINDOW,
    Author,
    SimulatedChat,
    SimulatedMessage,
    SimulatedNumber,
    SimulatedPerson,
)
from channels_app.simulator.phone import bubbles, contents, reactions
from channels_app.simulator.phone.bubbles import Bubble, Tick

SHOWN = 200
WATCHED = 30
"""So many of the last bubbles may still change."""
PEOPLE = 100
FAST, CALM = 150, 700
"""Milliseconds between two looks: while an answer is awaited, and otherwise."""
AWAITED_FOR = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person in the list beside the phone."""

    person: SimulatedPerson
    number: str
    last: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A number that can be written to, and the channel that answers it, if one does."""

    number: SimulatedNumber
    shown: str
    channel: Channel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """`seen` is to be given at the next look; `bubbles` are those that were not seen yet, `watched` the last ones."""

    seen: str
    bubbles: Sequence[Bubble]
    watched: Sequence[Bubble]
    typing: bool
    pace: int
    window_until: datetime | None
    lag_hours: int
    channel: Channel | None
    is_alone: bool
    notices: Sequence[Notice]


def look(chat: SimulatedChat, seen: str = "") -> Screen | None:
    """What there is to see, or `None` where it has all been seen."""
    last_seen, _, known = seen.partition("-")
    since = int(last_seen) if last_seen.isascii() and last_seen.isdigit() and len(last_seen) < 19 else 0
    now = clock.now()
    rows = _last(chat, since)
    ticks = [bubbles.tick(row, now) for row in rows[-WATCHED:]]
    typing = chat.typing_until is not None and chat.typing_until > now
    pace = FAST if typing or _awaits(rows, ticks, now) else CALM
    window_until = chat.wrote_at + WINDOW if chat.wrote_at and chat.window_is_open() else None
    notices = _notices(chat.number)
    latest = SimulatedMessage.objects.filter(number=chat.number).aggregate(latest=Max("id"))["latest"]
    facts = (
        ticks, typing, pace, window_until, chat.lag, latest,
        [(notice.pk, notice.seen_at) for notice in notices],
    )  # fmt: skip
    digest = f"{crc32(repr(facts).encode()):08x}"
    newest = rows[-1].pk if rows else 0
    if known == digest and since == newest:
        return None
    drawn = bubbles.draw(chat, rows, now)
    return Screen(
        seen=f"{newest}-{digest}",
        bubbles=[bubble for bubble in drawn if bubble.id > since],
        watched=[bubble for bubble in drawn[-WATCHED:] if bubble.id <= since],
        typing=typing,
        pace=pace,
        window_until=window_until,
        lag_hours=int(chat.lag.total_seconds() // 3600),
        channel=channel_of(chat.number),
        is_alone=settings.SIMULATOR_ALONE,
        notices=notices,
    )


def _last(chat: SimulatedChat, since: int) -> list[SimulatedMessage]:
    """The last messages, oldest first: those that may still change, and all that came after `since`."""
    newest_first = SimulatedMessage.objects.filter(chat=chat).order_by("-id")
    rows = list(newest_first[:WATCHED])
    if len(rows) == WATCHED and rows[-1].pk > since:
        rows = list(newest_first[:SHOWN])
    return rows[::-1]


def contacts(number: SimulatedNumber) -> list[Contact]:
    """The people of the team, those first who have something new with `number`."""
    said = SimulatedMessage.objects.filter(chat__number=number, chat__person=OuterRef("pk"), failure=None)
    messages = said.exclude(type=reactions.REACTION).order_by("-id")
    people = SimulatedPerson.objects.for_team(number.account.team_id).annotate(
        last_type=Subquery(messages.values("type")[:1], output_field=TextField()),
        last_text=Subquery(messages.values("text")[:1], output_field=TextField()),
        last_at=Subquery(messages.values("created_at")[:1], output_field=DateTimeField()),
    )
    found = people.order_by(F("last_at").desc(nulls_last=True), "created_at")[:PEOPLE]
    return [
        Contact(
            person=each,
            number="known by a username" if each.hidden_number else numbers.display(each.digits),
            last=contents.in_short(each.last_type or "", each.last_text or "")[:80],
            at=each.last_at,
        )
        for each in found
    ]


def choice(number: SimulatedNumber) -> Choice:
    return Choice(number=number, shown=display(number), channel=channel_of(number))


def display(number: SimulatedNumber) -> str:
    return numbers.display(number.digits)


def channel_of(number: SimulatedNumber) -> Channel | None:
    """The channel that answers `number`, its bot at hand."""
    bound = Channel.objects.for_team(number.account.team_id).filter(phone_number_id=number.phone_number_id)
    return bound.filter(is_active=True).select_related("bot", "provider").first()


def _notices(number: SimulatedNumber) -> list[Notice]:
    team = Notice.objects.for_team(number.account.team_id).filter(closed_at=None)
    return list(team.filter(provider__waba_id=number.account.waba_id).order_by("opened_at"))


def _awaits(rows: Sequence[SimulatedMessage], ticks: Sequence[Tick], now: datetime) -> bool:
    """Whether something is about to happen: an answer, or a tick."""
    if not rows or now - rows[-1].created_at > AWAITED_FOR:
        return False
    return rows[-1].author == Author.PERSON or any(tick in ("sent", "delivered") for tick in ticks[-3:])
