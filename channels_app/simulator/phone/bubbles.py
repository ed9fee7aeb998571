"""Bubbles: the messages of a chat as they are drawn on the phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.safestring import SafeString

from channels_app.formatting import as_html
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage, SimulatedTemplate
from channels_app.simulator.phone import contents, menus, reactions

SHOWN_OTHERWISE = frozenset({"contacts", "location"})
"""What is said in a card or beside a map, and not once more below."""

CARDS_SHOWN = 3

Tick = Literal["", "sent", "delivered", "read", "played", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a message answers; `mine` says that the person wrote it."""

    id: int
    mine: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """`short` is what stands in its place where it is quoted; `reacted` that somebody has reacted, even if no more."""

    id: int
    author: str
    wamid: str
    html: SafeString
    short: str
    template: str
    at: datetime
    tick: Tick
    failure: int | None
    quote: Quote | None
    reacted: bool
    emoji: str
    file: contents.File | None
    pin: contents.Pin | None
    cards: Sequence[contents.Card]
    more_cards: int
    menu: menus.Menu | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What lies around the messages of a chat, and is looked up for all of them at once."""

    quoted: Mapping[str, SimulatedMessage]
    reactions: Mapping[str, Mapping[str, str]]
    templates: Mapping[int, SimulatedTemplate]


def draw(chat: SimulatedChat, rows: Sequence[SimulatedMessage], now: datetime) -> list[Bubble]:
    """The bubbles of `rows`; a reaction has none of its own."""
    wamids = {row.quoted for row in rows if row.quoted}
    quoted = SimulatedMessage.objects.filter(chat=chat, wamid__in=wamids) if wamids else []
    around = Surroundings(
        quoted={row.wamid: row for row in quoted},
        reactions=reactions.of(chat),
        templates=menus.templates_of(chat, rows),
    )
    return [_bubble(row, around, now) for row in rows if row.type != reactions.REACTION]


def tick(row: SimulatedMessage, now: datetime) -> Tick:
    """How far it got: at first, as far as the one who wrote it can know."""
    if row.author == Author.CLOCK:
        return ""
    if row.failure is not None:
        return "failed"
    if row.played_at:
        return "played"
    if row.read_at and row.read_at <= now:
        return "read"
    return "delivered" if row.delivered_at and row.delivered_at <= now else "sent"


def _bubble(row: SimulatedMessage, around: Surroundings, now: datetime) -> Bubble:
    text, felt, cards = contents.text_of(row), around.reactions.get(row.wamid), contents.cards_of(row)
    return Bubble(
        id=row.pk,
        author=row.author,
        wamid=row.wamid,
        html=as_html("" if row.type in SHOWN_OTHERWISE else text),
        short=contents.in_short(row.type, text),
        template=row.template,
        at=row.created_at,
        tick=tick(row, now),
        failure=row.failure,
        quote=_quote(row, around),
        reacted=felt is not None,
        emoji="".join(dict.fromkeys((felt or {}).values())),
        file=contents.file_of(row),
        pin=contents.pin_of(row),
        cards=cards[:CARDS_SHOWN],
        more_cards=len(cards[CARDS_SHOWN:]),
        menu=menus.menu_of(row, around.templates.get(row.pk)),
    )


def _quote(row: SimulatedMessage, around: Surroundings) -> Quote | None:
    quoted = around.quoted.get(row.quoted)
    if quoted is None:
        return None
    short = contents.in_short(quoted.type, contents.text_of(quoted))
    return Quote(id=quoted.pk, mine=quoted.author == Author.PERSON, text=short)
