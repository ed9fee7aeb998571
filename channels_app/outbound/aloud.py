"""Aloud: what of a reply can be spoken, and how it is said by whoever does not see it."""

import re

import regex

from channels_app.speech.base import LONGEST_TEXT

LONG = 500
"""Characters from which on a reply is written as well: about half a minute, which nobody listens to twice."""

LINK = re.compile(r"(?:https?://|www\.)([^\s/?#)\]]+)[^\s)\]]*", re.IGNORECASE)
_MARKS = re.compile(r"(?<![\w*_~`])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\w*_~`])")
_LINE_MARKS = re.compile(r"^(?:> ?|[-*•] )", re.MULTILINE)
_PICTURES = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u200d\ufe0f\u20e3]+")
_PICTURES_KEPT = frozenset("0123456789#*©®™")


def words(text: str) -> str:
    """`text`, with WhatsApp's marks in it, as it is spoken: of a link the host, of marks and pictures nothing."""
    said = LINK.sub(r"\1", text.replace("```", " ").replace("`", ""))
    said = _LINE_MARKS.sub("", said)
    for _ in range(3):  # marks inside of marks
        said = _MARKS.sub(r"\2", said)
    said = _PICTURES.sub(lambda found: found[0] if set(found[0]) <= _PICTURES_KEPT else " ", said)
    return re.sub(r"[^\S\n]+", " ", said).strip()


def can_be_said(text: str) -> bool:
    """Whether there is something to say, and no more than is spoken at once."""
    return 0 < len(text) <= LONGEST_TEXT and any(character.isalnum() for character in words(text))


def is_to_be_read(text: str) -> bool:
    """Whether one has to see it, too: it is long, or has a link in it."""
    return len(text) > LONG or LINK.search(text) is not None
