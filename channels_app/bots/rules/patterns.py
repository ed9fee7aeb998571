"""Patterns: whether what somebody wrote is what a rule waits for.

`hello` is the whole message, whatever its case, its accents and the marks around it. `hello*` begins one, `*hello*` is
somewhere in it; a star stands for any characters, none included. `/…/` is a regular expression, to be found anywhere,
whatever its case.
"""

import unicodedata
from functools import lru_cache

import regex

from channels_app.phrases import filled
from channels_app.phrases import marked as _

SECONDS = 0.2
"""How long an expression may look; one that takes longer has found nothing."""

PLAIN_SECONDS = 2.0
"""How long words and stars may look, which end by themselves: on a machine that is busy a look may take long, too."""


def complaint(pattern: str) -> str:
    """What is wrong with `pattern`, or nothing."""
    if not pattern.strip():
        return _("A pattern is empty.")
    if len(pattern) > 500:
        return filled(_("“%(pattern)s…” is too long: at most 500 characters."), pattern=pattern[:40])
    try:
        _compiled(pattern)
    except regex.error as exc:
        return filled(_("“%(pattern)s” is no regular expression: %(why)s."), pattern=pattern[:100], why=exc)
    return ""


def matches(pattern: str, text: str) -> bool:
    """Whether `text` is what `pattern` waits for. A pattern with a complaint waits for nothing."""
    try:
        expression = _compiled(pattern)
        if _is_expression(pattern):
            return expression.search(text, timeout=SECONDS) is not None
        return expression.fullmatch(plain(text), timeout=PLAIN_SECONDS) is not None
    except (regex.error, TimeoutError):
        return False


def plain(text: str) -> str:
    """`text` without case, accents, and the marks and spaces around it; single spaces between its words."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return regex.sub(r"\A[^\w]+|[^\w]+\Z", "", " ".join(bare.split())) or " ".join(bare.split())


def _is_expression(pattern: str) -> bool:
    return len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/")


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> "regex.Pattern[str]":
    if _is_expression(pattern):
        return regex.compile(pattern[1:-1], regex.IGNORECASE | regex.VERSION1)
    pieces = [regex.escape(plain(piece)) if piece.strip() else piece and " " for piece in pattern.strip().split("*")]
    return regex.compile(".*".join(pieces), regex.DOTALL)
