"""Emoji: whether a text is one, or holds any.

https://www.unicode.org/reports/tr51/#EBNF_and_Regex
"""

import re
from unicodedata import category

SIGN = r"(?:[\xa9\xae\u2139]|[^\w\s\x00-\u203b\u3001-\u301f])"
COLOUR, TAGS = "[\U0001f3fb-\U0001f3ff]?", "[\U000e0020-\U000e007f]*"
PART = f"{SIGN}\ufe0f?{COLOUR}{TAGS}"
FLAG, KEYCAP = "[\U0001f1e6-\U0001f1ff]{2}", "[0-9#*]\ufe0f?\u20e3"
ONE = re.compile(f"{FLAG}|{KEYCAP}|{PART}(?:\u200d{PART})*")
FIRST, MARKS = "\u2190", "\u20e3\ufe0f"
"""Signs before that are none by themselves; what makes a keycap of a digit, and a picture of a sign."""


def is_one(text: str) -> bool:
    """Whether `text` is one emoji, of however many characters."""
    return ONE.fullmatch(text) is not None


def are_in(text: str) -> bool:
    """Whether there is one in `text`; letters of whatever script are none."""
    return any(char in MARKS or (char >= FIRST and category(char) == "So") for char in text)
