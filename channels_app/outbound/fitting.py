"""Text made fit for a template's parameter: one line, in which paragraphs and lists can still be made out.

What stood on lines of its own is told apart by marks that are plain, short, and clear when read aloud:

- paragraphs by ` | `, which prose hardly ever uses, so that it is taken for nothing else;
- the lines of a paragraph by ` / `, as verses are quoted; a line that ends with its own punctuation needs none;
- list items keep their number or get a bullet (`•`, nested `◦`, `▪`) and end with `;`: `1. Open; 2. Tap *Register*`;
- what announces a list, and a heading, ends with `:`; a Markdown heading becomes *bold*;
- lines of code by ` ↵ `, in one pair of fences.

Nothing is added where the text has punctuation already, none of its words goes, and a single line stays as it is.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from channels_app.outbound.cutting import FENCED, MARKED, cut_word, is_blank

# Controls, zero-width characters, direction marks, lone surrogates; the joiners are looked at one by one.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ud800-\udfff]"
)
# Emoji, Persian and Indic words need a joiner between two characters; older Malayalam ends words with one.
_STRAY_JOINER = regex.compile(r"(?<![^\s\u200c\u200d])[\u200c\u200d]+|(?<!\p{M})[\u200c\u200d]+(?![^\s\u200c\u200d])")

_RULE = re.compile(r"(?:[-*_=] ?){3,}")
_HEADING = re.compile(r"#{1,6} (?P<title>.+?)(?: #+)?")
_TITLE = re.compile(r"\*[^*]+\*")
_ITEM = re.compile(r"(?:[-*+•◦▪‣·]|(?P<number>\d{1,3}[.)]|[a-z]\))) (?P<text>.+)")
_CLOSED = regex.compile(r"[\p{Terminal_Punctuation}\p{Pd}\p{So}…][\p{Pe}\p{Pf}\p{M}\p{Sk}*_~`'\"]*$")
_BULLETS = "•◦▪"

_SPAN = re.compile(rf"{FENCED.pattern}|{MARKED.pattern}")
_LEAST_MARKED = 16  # in less room a mark that spans a cut is left as it is
_LABEL = re.compile(r"(?<!\S)(?:[•◦▪]|\d{1,3}[.)])$")

_LIMIT = 1024  # https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/components
_MOST = 974  # what is left beside a template's own words, as far as they are not known
_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")
_NOTHING = "…"


def room(static_body: str | None) -> int:
    """How many characters the parameter may hold beside the template's own body text; `None` where that is unknown.

    https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes (132005)
    """
    if static_body is None:
        return _MOST
    return max(1, min(_MOST, _LIMIT - len(_VARIABLE.sub("", static_body))))


def fit(text: str) -> str:
    """The text on one line of single spaces, without what nobody sees; "…" where that leaves nothing."""
    visible = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    is_one_line = sum(not line.isspace() for line in visible.splitlines() if line) <= 1
    fitted = " ".join(visible.split()) if is_one_line else _on_one_line(visible)
    return _NOTHING if is_blank(fitted) else fitted


def pieces(text: str, room: int, most: int | None = None) -> list[str]:
    """The text made fit, in pieces of at most `room` characters, cut between words where words are short enough.

    At most `most` pieces: the last one ends with "…" where that leaves something out. A mark such as *bold* that
    spans a cut is closed before and opened again behind it.
    """
    if room < 1:
        raise ValueError("A piece has room for at least one character.")
    line = fit(text)
    marks = _Marks([match.span() for match in _SPAN.finditer(line)] if room >= _LEAST_MARKED else [], line)
    found: list[str] = []
    start, opened = 0, ""
    while start < len(line):
        piece, following, reopened = _piece(line, marks, start, opened, room)
        if most is not None and len(found) + 1 >= most and following < len(line):
            short = _piece(line, marks, start, opened, room - 1)[0] if room > 1 else ""
            return [*found, short.rstrip(" ,;:…") + _NOTHING]
        if not is_blank(piece):
            found.append(piece)
        start, opened = following, reopened
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the text, without its indentation."""

    text: str
    depth: int = 0  # how many lists it is inside of
    is_item: bool = False
    is_title: bool = False
    is_apart: bool = False  # an empty line comes before it

    @property
    def is_closed(self) -> bool:
        """Whether it ends with punctuation of its own, or with a link, which none may touch."""
        return bool(_CLOSED.search(self.text[-20:])) or "://" in self.text.rpartition(" ")[2]

    @property
    def announces(self) -> bool:
        return self.text.rstrip("*_~`").endswith(":")


def _on_one_line(text: str) -> str:
    parts: list[str] = []
    previous = None
    for line in _lines(FENCED.sub(_code, text)):
        if previous is not None:
            parts.append(_between(previous, line))
        parts.append(line.text)
        previous = line
    return "".join(parts)


def _code(block: re.Match[str]) -> str:
    lines = [words for line in block[0].strip("`").splitlines() if (words := " ".join(line.split()))]
    return f"```{' ↵ '.join(lines)}```" if lines else " "


def _lines(text: str) -> Iterator[_Line]:
    """The lines that say something, each with its place in paragraphs and lists."""
    indents: list[int] = []  # of the lists that are open
    is_apart = False
    for raw in text.replace("\u2029", "\n\n").splitlines():
        words = " ".join(raw.split())
        if not words or _RULE.fullmatch(words):
            is_apart = True
            continue
        indent = len(raw) - len(raw.lstrip())
        item = _ITEM.fullmatch(words)
        while indents and indents[-1] > (indent if item else indent - 1):
            indents.pop()
        if item and (not indents or indents[-1] < indent):
            indents.append(indent)
        yield _item(item, len(indents), is_apart) if item else _plain(words, len(indents), is_apart)
        is_apart = False


def _item(item: re.Match[str], depth: int, is_apart: bool) -> _Line:
    label = item["number"] or _BULLETS[min(depth, len(_BULLETS)) - 1]
    return _Line(f"{label} {item['text']}", depth, is_item=True, is_apart=is_apart)


def _plain(words: str, depth: int, is_apart: bool) -> _Line:
    heading = _HEADING.fullmatch(words)
    if heading:
        words = heading["title"] if "*" in heading["title"] else f"*{heading['title']}*"
    return _Line(words, depth, is_title=bool(heading or _TITLE.fullmatch(words)), is_apart=is_apart)


def _between(line: _Line, following: _Line) -> str:
    """What stands for the line break between two lines."""
    if line.announces:
        return " "
    if following.is_item and line.depth:
        return " " if line.is_closed else ": " if following.depth > line.depth else "; "
    if (following.is_item or (line.is_title and not following.is_title)) and not line.is_closed:
        return ": "
    if following.is_apart or following.is_title or line.depth > following.depth:
        return " | "
    return " " if line.is_closed or following.text[0].islower() else " / "


@dataclass(frozen=True, slots=True)
class _Marks:
    """The passages of a line that stand between two equal marks, in order; none overlaps another."""

    spans: list[tuple[int, int]]
    line: str

    def around(self, place: int) -> str:
        """The mark that a cut at `place` would leave open."""
        found = bisect_left(self.spans, (place,)) - 1
        if found < 0:
            return ""
        start, end = self.spans[found]
        mark = "```" if self.line.startswith("```", start) else self.line[start]
        return mark if start + len(mark) < place < end - len(mark) else ""


def _piece(line: str, marks: _Marks, start: int, opened: str, room: int) -> tuple[str, int, str]:
    """The piece that starts at `start`, where the next one does, and the mark to open that one with."""
    for spare in (0, 1, 3):  # as long as the mark that may have to be closed
        end = _end(line, start, room - len(opened) - spare)
        closing = marks.around(end) if end < len(line) else ""
        if len(closing) <= spare:
            break
    following = end + line.startswith(" ", end)
    while line.endswith((" |", " /", " ↵"), start, end) and end < len(line):
        end -= 2
    while line.startswith(("| ", "/ ", "↵ "), following):
        following += 2
    return f"{opened}{line[start:end].rstrip()}{closing}", following, closing


def _end(line: str, start: int, room: int) -> int:
    """The end of the last word that has room, though not of a list item's number or bullet."""
    if len(line) - start <= room:
        return len(line)
    end = line.rfind(" ", start + 1, start + room + 1)
    if _LABEL.search(line, max(start, end - 5), max(start, end)):
        earlier = line.rfind(" ", start + 1, end)
        end = earlier if earlier > start else end
    after = end + 1 if end > start else start
    is_long = len(line) - after > room and line.find(" ", after, after + room + 1) < 0
    if is_long and end - start < room // 2:
        return cut_word(line, start, room)  # the next word fits no piece: it begins in this one
    return end
