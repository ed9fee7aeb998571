"""Free text longer than one message may be, cut where a reader minds least.

Best place first: between paragraphs, between lines and list items, after sentences, at words; inside a word only
where it is longer than a piece. Lengths are code points, which is what Meta is taken to count.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import regex

Match = re.Match[str] | regex.Match[str]
Pattern = re.Pattern[str] | regex.Pattern[str]

Cut = tuple[int, int]  # where a piece ends, and where the next one starts

# Scripts without spaces have punctuation as wide as their letters: a text may be cut after it as it stands.
_WIDE = r"[[\p{P}--[\p{Ps}\p{Pi}]]&&[\p{ea=W}\p{ea=F}]]"
_MARKER = r"(?:[-*+•◦▪‣·]|\d{1,3}[.)])[^\S\n]"

FENCED = re.compile(r"`{3,}[\s\S]*?`{3,}")
MARKED = re.compile("|".join(rf"(?<!\w){m}(?=[^\s{m}])[^{m}\n]++(?<=\S){m}(?!\w)" for m in (r"\*", "_", "~", "`")))
_LINK = regex.compile(rf"https?://(?:(?!{_WIDE})[^\s<>])*(?!{_WIDE})[^\s<>.,;:!?…'\")\]}}*_~`]", regex.VERSION1)
_ITEM = re.compile(rf"^[^\S\n]*{_MARKER}.*(?:\n[^\S\n]+(?!{_MARKER})\S.*)*", re.MULTILINE)

_ATOM = "\x03"  # stands for each character of a link or code block: a cut may come before or after it
_GLUE = "\x02"  # stands for each place inside a list item or a marked passage where a cut might have come
_CUTTABLE = regex.compile(rf"[\s{_ATOM}]|{_WIDE}", regex.VERSION1)

_ANYTHING = re.compile(r"[\s\S]")
_CODE_LINE = re.compile(r".+")

_LINE = re.compile(r"(?<!\s)\s*\n")
_SENTENCE = regex.compile(
    r"(?:(?<=[\p{STerm}…])(?<!\b\d\.)(?<!\b\d\d\.)(?<!\b\p{L}\.)[\p{Pe}\p{Pf}\"'*_~`]*+(?=\s)"
    r"|(?<=[\p{STerm}&&[\p{ea=W}\p{ea=F}]])[\p{Pe}\p{Pf}]*+)(\s*+)(?![\p{Ll}\p{STerm}\p{M}…])",
    regex.VERSION1,
)
_WORD = re.compile(r"(?<!\s)\s*[^\S\u00a0\u2007\u202f]\s*")
_SEAM = re.compile(rf"(?<!\s)\s+|(?<=[^\s{_ATOM}])(?={_ATOM})|(?<={_ATOM})(?=[^\s{_ATOM}])")
_CLAUSE = regex.compile(rf"{_WIDE}+", regex.VERSION1)
_GRAPHEME = regex.compile(r"\X")
_VISIBLE = regex.compile(r"[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800]")
_SPACE = re.compile(r"\s*")

_OPEN, _CLOSE = "```\n", "\n```"
_LEAST_FENCE = 16  # in less, closing and opening a fence again would leave next to nothing for the code


def cut(text: str, limit: int) -> list[str]:
    """`text` in order, in pieces of at most `limit` characters, none of them blank; a text that fits stays as it is.

    Only white space at the cuts goes, and a code block longer than a piece gets a fence of its own in each. Pieces
    are filled as far as they go, but one at least half full rather ends with a paragraph, a line or a sentence.
    """
    if limit < 1:
        raise ValueError("A piece has room for at least one character.")
    if is_blank(text):
        return []
    if len(text) <= limit:
        return [text]
    return [piece for part in _parts(text, limit) for piece in _fill(part, _guarded(part, limit), limit)]


def is_blank(text: str) -> bool:
    """Whether people would see nothing of it: white space, controls and zero-width characters only."""
    return _VISIBLE.search(text) is None


def cut_word(text: str, start: int, limit: int) -> int:
    """Where to end a piece that starts at `start` and has no space in it: at most `limit` characters further on.

    After a comma or full stop of a script that writes no spaces, else between two characters as people see them
    (grapheme clusters), else, where one alone is longer than `limit`, between code points.
    """
    stop = min(start + limit, len(text))
    clauses = {match.end() for match in _CLAUSE.finditer(text, start + limit // 2, stop)}
    end = clause = start
    for match in _GRAPHEME.finditer(text, start, stop + 1):
        if match.end() > stop:
            break
        end = match.end()
        clause = end if end in clauses else clause
    return next((place for place in (clause, end) if place > start), stop)


def _parts(text: str, limit: int) -> Iterator[str]:
    """The text, divided inside of each code block that is longer than a piece."""
    begun, taken = "", 0
    for match in FENCED.finditer(text):
        code = match[0].strip("`").rstrip()
        if len(match[0]) <= limit or limit < _LEAST_FENCE or is_blank(code):
            continue
        room = limit - len(_OPEN) - len(_CLOSE)
        *whole, rest = [f"{_OPEN}{chunk}{_CLOSE}" for chunk in _fill(code, _guarded_code(code, room), room)]
        before = begun + text[taken : match.start()]
        if whole:
            yield before + whole[0]
            yield from whole[1:]
        begun, taken = (rest if whole else before + rest), match.end()
    yield begun + text[taken:]


def _guarded(text: str, limit: int) -> str:
    """The text, character for character, with stand-ins for white space where it is not to be cut."""
    atoms = partial(_replaced, limit=limit, pattern=_ANYTHING, by=_ATOM)
    glued = partial(_replaced, limit=limit, pattern=_CUTTABLE, by=_GLUE)
    return _ITEM.sub(glued, MARKED.sub(glued, _LINK.sub(atoms, FENCED.sub(atoms, text))))


def _guarded_code(code: str, limit: int) -> str:
    return _CODE_LINE.sub(partial(_replaced, limit=limit, pattern=_CUTTABLE, by=_GLUE), code)


def _replaced(match: Match, limit: int, pattern: Pattern, by: str) -> str:
    """What was found, of which each `pattern` is hidden, unless it is too long to be kept whole."""
    return pattern.sub(by, match[0]) if len(match[0]) <= limit else match[0]


@dataclass(frozen=True, slots=True)
class _Joints:
    """Places of one kind where a text may be cut, in order."""

    cuts: list[Cut]

    def last(self, least: int, most: int) -> Cut | None:
        """The last one that ends a piece between `least` and `most`, both included."""
        found = bisect_right(self.cuts, most, key=_end) - 1
        return self.cuts[found] if found >= 0 and self.cuts[found][0] >= least else None

    def after(self, place: int) -> int | None:
        found = bisect_right(self.cuts, place, key=_end)
        return self.cuts[found][0] if found < len(self.cuts) else None


def _end(joint: Cut) -> int:
    return joint[0]


def _joints(guarded: str) -> tuple[_Joints, ...]:
    """Every place to cut at, best kind first. A line that announces another (`:`) is no better end than any word."""
    lines = [match.span() for match in _LINE.finditer(guarded) if guarded[match.start() - 1] != ":"]
    return (
        _Joints([span for span in lines if guarded.count("\n", *span) > 1]),
        _Joints(lines),
        _Joints([match.span(1) for match in _SENTENCE.finditer(guarded)]),
        _Joints([match.span() for match in _WORD.finditer(guarded)]),
        _Joints([match.span() for match in _SEAM.finditer(guarded)]),
    )


def _fill(text: str, guarded: str, limit: int) -> list[str]:
    """Pieces of a text that may be cut wherever `guarded`, which is as long, has a joint."""
    ranks = _joints(guarded)
    pieces, start, last = [], 0, len(text.rstrip())
    while start < last:
        start = _indented(text, start, limit)
        end, following = (last, last) if last - start <= limit else _best(text, ranks, start, limit)
        piece = text[start:end].rstrip()
        if not is_blank(piece):
            pieces.append(piece)
        start = following
    return pieces


def _indented(text: str, start: int, limit: int) -> int:
    """Past the white space at `start`, except for what indents a line."""
    match = _SPACE.match(text, start)
    visible = match.end() if match else start
    line = text.rfind("\n", start, visible) + 1 or start
    opens_line = line == 0 or text[line - 1] == "\n"
    return line if opens_line and visible - line <= limit // 2 else visible


def _best(text: str, ranks: tuple[_Joints, ...], start: int, limit: int) -> Cut:
    """Where to cut a text that goes on for more than `limit` from `start`."""
    stop = start + limit
    half = _first(ranks, start + (limit + 1) // 2, stop)
    if half:
        return half
    before = max((joint[1] for joints in ranks if (joint := joints.last(start + 1, stop))), default=start)
    after = min((place for joints in ranks if (place := joints.after(stop)) is not None), default=len(text))
    early = _first(ranks, start + limit // 4 + 1, stop) or _first(ranks, start + 1, stop)
    if early is None or after - before > limit:  # what comes next fits no piece: it begins in this one
        end = cut_word(text, start, limit)
        return end, end
    return early


def _first(ranks: tuple[_Joints, ...], least: int, most: int) -> Cut | None:
    return next((joint for joints in ranks if (joint := joints.last(least, most))), None)
