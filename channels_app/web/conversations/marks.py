"""Marks: what hangs on messages and is looked up for a whole page at once: quotes, reactions, choices taken."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from channels_app.models import Conversation, Direction, Message
from channels_app.web.conversations.contents import is_choice

MOST_REACTIONS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """By wamid: the messages that are quoted, the emoji of either side, the titles that were taken."""

    quoted: Mapping[str, Message] = field(default_factory=dict)
    reactions: Mapping[str, Sequence[tuple[str, bool]]] = field(default_factory=dict)
    taken: Mapping[str, set[str]] = field(default_factory=dict)


def of(conversation: Conversation, rows: Sequence[Message]) -> Marks:
    if not rows:
        return Marks()
    wamids = {row.quoted for row in rows if row.quoted}
    known = {row.wamid: row for row in rows if row.wamid}
    missing = wamids - known.keys()
    if missing:
        found = Message.objects.filter(conversation=conversation, wamid__in=missing)
        known |= {row.wamid: row for row in found}
    return Marks(
        quoted={wamid: known[wamid] for wamid in wamids & known.keys()},
        reactions=_reactions(conversation, rows[0].pk),
        taken=_taken(rows),
    )


def _reactions(conversation: Conversation, since: UUID) -> dict[str, list[tuple[str, bool]]]:
    """Each side has one reaction to a message, its last; an empty one takes it back. True for ours."""
    rows = Message.objects.filter(conversation=conversation, type="reaction", pk__gt=since).order_by("pk")
    last: defaultdict[str, dict[bool, str]] = defaultdict(dict)
    for direction, target, content in rows.values_list("direction", "quoted", "content")[:MOST_REACTIONS]:
        ours = direction == Direction.OUTBOUND
        emoji = content.get("reaction") if ours else content.get("emoji")
        last[content.get("target") or target][ours] = str(emoji or "")
    return {
        wamid: [(emoji, ours) for ours, emoji in sorted(sides.items()) if emoji]
        for wamid, sides in last.items()
        if any(sides.values())
    }


def _taken(rows: Sequence[Message]) -> dict[str, set[str]]:
    taken: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.quoted and is_choice(row):
            taken[row.quoted].add(str(row.content["title"]))
    return dict(taken)
