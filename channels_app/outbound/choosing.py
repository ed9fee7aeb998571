"""Choosing: which of the choices that were offered did the person take, by a tap, in words, or by its number?"""

import re
import unicodedata
from collections.abc import Sequence

from channels_app.bots.contract import Choice

BUTTON_ID, ROW_ID = 256, 200
NUMBER = re.compile(r"[\W_]*(\d{1,4})[\W_]*")
EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def wire_ids(choices: Sequence[Choice], longest: int) -> list[str]:
    """The ids that are sent: the choices' own, but for those that are blank, too long, or there before."""
    ids: list[str] = []
    own = {choice.id for choice in choices}
    for place, choice in enumerate(choices, start=1):
        if choice.id.strip() and len(choice.id) <= longest and choice.id not in ids:
            ids.append(choice.id)
            continue
        spare = f"#{place}"
        while spare in own:
            spare = f"#{spare}"
        ids.append(spare)
    return ids


def tapped(choices: Sequence[Choice], wire_id: str) -> Choice | None:
    """The choice that was sent under `wire_id`."""
    for longest in (BUTTON_ID, ROW_ID):
        for sent, choice in zip(wire_ids(choices, longest), choices, strict=True):
            if sent == wire_id:
                return choice
    return None


def typed(choices: Sequence[Choice], words: str) -> Choice | None:
    """The one choice that has these words for a title, whatever their case and the signs around them; or the number."""
    said = _plain(words)
    named = [choice for choice in choices if said and _plain(choice.title) == said]
    if len(named) == 1:
        return named[0]
    number = NUMBER.fullmatch(unicodedata.normalize("NFKC", words))
    if named or not number or not 1 <= int(number[1]) <= len(choices):
        return None
    return choices[int(number[1]) - 1]


def _plain(words: str) -> str:
    """As it is compared; what consists of signs alone, an emoji perhaps, as it is."""
    folded = " ".join(unicodedata.normalize("NFKC", words).casefold().split())
    return EDGES.sub("", folded) or folded
