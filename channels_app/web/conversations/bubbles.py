"""Bubbles: the messages of a conversation as they are drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from channels_app.formatting import as_html
from channels_app.models import ENDED, Conversation, Direction, Message, Source
from channels_app.web.conversations import contents, files, marks, people, summing, waiting
from channels_app.web.conversations.marks import Marks
from channels_app.web.conversations.ticks import Tick, tick_of

Who = Literal["participant", "bot", "person", "api", "system"]
WHOSE: Mapping[str, Who] = {Source.BOT: "bot", Source.PERSON: "person", Source.API: "api", Source.SYSTEM: "system"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a message answers."""

    id: UUID
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """`name` is whoever said it; `note` that WhatsApp itself did. `by` is the member who had it sent again."""

    id: UUID
    who: Who
    type: str
    name: str
    by: str
    at: datetime
    note: str
    html: SafeString
    template: bool
    revoked: bool
    edited: bool
    forwarded: bool
    chosen: bool
    quote: Quote | None
    files: Sequence[files.File]
    away: contents.Away | None
    file_label: str
    pin: contents.Pin | None
    cards: Sequence[contents.Card]
    choices: Sequence[contents.Offered]
    link: tuple[str, str] | None
    request: str
    transcript: str
    reactions: Sequence[tuple[str, bool]]
    tick: Tick | None
    failure: waiting.Failure | None
    hint: str

    @property
    def digest(self) -> str:
        """Changes with whatever is seen of it."""
        return f"{crc32(repr(self).encode(errors='replace')):08x}"

    @property
    def is_rich(self) -> bool:
        """Whether there is more in it than words: most bubbles have none of that, and are drawn at once."""
        marks = (self.quote, self.files, self.away, self.pin, self.cards, self.request, self.transcript)
        return any(marks) or self.forwarded or self.chosen or self.revoked

    @property
    def has_more(self) -> bool:
        """Whether something hangs below it."""
        return any((self.choices, self.link, self.reactions, self.hint, self.failure))

    @property
    def ours(self) -> bool:
        return self.who != "participant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What the messages of a page have in common."""

    conversation: Conversation
    name: str
    marks: Marks


def draw(conversation: Conversation, name: str, rows: Sequence[Message]) -> list[Bubble]:
    """The bubbles of `rows`, oldest first, with their deliveries at hand. `name` is what the participant is called."""
    talk = Talk(conversation=conversation, name=name, marks=marks.of(conversation, rows))
    failed: set[Any] = set()
    drawn = []
    for row in rows:
        is_first = row.delivery_id not in failed
        if row.status in ENDED:
            failed.add(row.delivery_id)
        drawn.append(_bubble(row, talk, is_first=is_first))
    return drawn


def _bubble(row: Message, talk: Talk, *, is_first: bool) -> Bubble:
    content, hung = row.content, talk.marks
    return Bubble(
        id=row.pk,
        who=_who(row),
        type=row.type,
        name=_name(row, talk),
        by=_by(row),
        at=row.created_at,
        note=row.text if row.type == "system" else "",
        html=as_html(_words(row)),
        template=row.sent_as == "template" or row.type == "template",
        revoked=bool(content.get("revoked")),
        edited=bool(content.get("edited")),
        forwarded=bool(content.get("forwarded")),
        chosen=contents.is_choice(row),
        quote=_quote(hung.quoted.get(row.quoted), talk),
        files=files.files_of(row),
        away=contents.away_of(row),
        file_label=contents.label_of(row),
        pin=contents.pin_of(row),
        cards=contents.cards_of(row),
        choices=contents.choices_of(row, hung.taken.get(row.wamid, set())),
        link=contents.link_of(row),
        request=contents.request_of(row),
        transcript=row.transcript,
        reactions=hung.reactions.get(row.wamid, ()) if row.wamid else (),
        tick=tick_of(row),
        failure=waiting.failure_of(row, is_first=is_first),
        hint=waiting.hint_of(row, talk.conversation),
    )


def _who(row: Message) -> Who:
    if row.direction == Direction.INBOUND:
        return "participant"
    return WHOSE[row.delivery.source] if row.delivery else "bot"


def _name(row: Message, talk: Talk) -> str:
    match _who(row):
        case "participant":
            return talk.name
        case "bot":
            return str(talk.conversation.channel.bot)
        case "person":
            return people.member(row.delivery.author if row.delivery else None)
        case "api":
            return _("API")
        case _:
            return _("Automatic")


def _by(row: Message) -> str:
    """Who had it sent again, where somebody else had said it."""
    if row.delivery is None or row.delivery.author is None or row.delivery.source == Source.PERSON:
        return ""
    return people.member(row.delivery.author)


def _words(row: Message) -> str:
    """The words below or without a file, a place or a card."""
    if summing.is_file(row):
        return summing.caption_of(row)
    if row.type in ("location", "contacts") and not row.content.get("plain"):
        return ""
    return row.text


def _quote(quoted: Message | None, talk: Talk) -> Quote | None:
    if quoted is None:
        return None
    name = talk.name if quoted.direction == Direction.INBOUND else _("Us")
    return Quote(id=quoted.pk, name=name, text=summing.in_short(quoted))
