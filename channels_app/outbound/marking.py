"""Marking: Markdown becomes the few marks that WhatsApp has, and what it has no mark for becomes plain lines.

https://faq.whatsapp.com/539178204879377
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import unquote

from mistune import BlockParser, InlineParser, Markdown
from mistune.plugins.formatting import strikethrough
from mistune.plugins.table import table
from mistune.plugins.url import url

Token = Mapping[str, Any]

# Left out: HTML, which stays as it is written, definitions, which would vanish, and code that is only indented, as
# texts in programs are.
LEFT_OUT = frozenset({"ref_link", "raw_html", "indent_code"})
RULES = [rule for rule in BlockParser.DEFAULT_RULES if rule not in LEFT_OUT]
PLAIN = re.compile(r"[^*_~`#>\[\]|<&\\]*")
BEGINS = re.compile(r"^(?:[ \t]|[-+=]|\d+[.)])", re.MULTILINE)  # perhaps a list, a rule, or a line to be moved

LONGEST = 8192
LONGEST_MARKED = 2000
"""A line in marks that might not fit one message goes without: marks on both sides of a cut are shown as signs."""
FENCE = "```"
FENCES = re.compile(r"^\s*(?:`{3,}|~{3,})", re.MULTILINE)
LANGUAGE = re.compile(r"[\w+#.-]+")
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
EMPTY_LINES = re.compile(r"(\n(?:[ \t]*\n)+)")
LINES = re.compile(r"(\n)")
STRONG = re.compile(r"(?<!\S)\*\*(?=\S)|(?<=\S)\*\*(?![\w*])")
ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
CELLS = " · "
NOTHING = "—"


def mark(markdown: str) -> str:
    """`markdown` as WhatsApp shows it: `*bold*`, `_italic_`, `~struck~`, code, lists and quotes.

    Headings become bold, links `words: address`, tables one line for each row. None of the words goes.
    """
    if PLAIN.fullmatch(markdown) and not BEGINS.search(markdown):
        return markdown.strip()
    return "\n\n".join(filter(None, map(_marked_whole, _stretches(markdown))))


def _marked_whole(markdown: str) -> str:
    """What goes on for long without an empty line, in parts that end where lines do."""
    if len(markdown) <= LONGEST:
        return _marked_part(markdown)
    return "\n".join(filter(None, map(_marked_part, _cut(markdown, LINES))))


def _marked_part(markdown: str) -> str:
    """What is endless in one line is no prose, and would take endless to be read: it loses its marks at the most."""
    if len(markdown) > LONGEST:
        return STRONG.sub("", markdown).strip()
    tokens: Any = _parse(markdown)
    return _blocks(tokens).strip()


def _stretches(markdown: str) -> Iterator[str]:
    """A long text in parts, cut at empty lines outside of code."""
    return iter([markdown]) if len(markdown) <= LONGEST else _cut(markdown, EMPTY_LINES)


def _cut(markdown: str, ends: re.Pattern[str]) -> Iterator[str]:
    gathered, in_code = "", False
    for part in ends.split(markdown):
        turns = len(FENCES.findall(part)) % 2 == 1
        if gathered and not in_code and (turns or len(gathered) + len(part) > LONGEST):
            yield gathered
            gathered = ""
        gathered += part
        in_code ^= turns
    yield gathered


def _parser() -> Markdown:
    parser = Markdown(renderer=None, block=BlockParser(RULES, RULES), inline=InlineParser())
    for plugin in (strikethrough, table, url):
        plugin(parser)
    parser.block.rules = [rule for rule in parser.block.rules if rule not in LEFT_OUT]
    return parser


_parse = _parser()


def _blocks(tokens: Iterable[Token], apart: str = "\n\n") -> str:
    """Blocks one below the other, with an empty line where there was one."""
    written: list[str] = []
    space = ""
    for token in tokens:
        if token["type"] == "blank_line":
            space = apart
        elif block := BLOCKS.get(token["type"], _paragraph)(token):
            written += [space or "\n", block] if written else [block]
            space = apart if token["type"] in SWALLOWING else ""
    return "".join(written)


def _paragraph(token: Token) -> str:
    return _inline(token.get("children", ())) if "children" in token else str(token.get("raw", ""))


def _heading(token: Token) -> str:
    return _wrapped("*", _inline(token["children"], "*"))


def _code(token: Token) -> str:
    """A fence has no place for a language; other words behind it are taken for code."""
    info, code = str(token.get("attrs", {}).get("info") or "").strip(), str(token["raw"]).strip("\n")
    if info and (not code.strip() or not LANGUAGE.fullmatch(info)):
        code = f"{info}\n{code}".rstrip()
    if not code.strip():
        return ""
    return code if "`" * 2 in code else f"{FENCE}\n{code}\n{FENCE}"


def _quote(token: Token) -> str:
    lines = _blocks(token["children"], "\n").splitlines()
    return "\n".join(line if line.startswith("> ") else f"> {line}" for line in lines if line.strip())


def _list(token: Token) -> str:
    attrs = token["attrs"]
    start = int(attrs.get("start", 1))
    labels = (f"{number}{token['bullet']}" if attrs["ordered"] else "-" for number in _from(start))
    return "\n".join(_item(label, item) for label, item in zip(labels, token["children"], strict=False))


def _from(start: int) -> Iterable[int]:
    while True:
        yield start
        start += 1


def _item(label: str, token: Token) -> str:
    """Further lines are set in, but for code, which shows every space."""
    first, *others = _blocks(token["children"], "\n").split("\n")
    indent, lines, in_code = "   " if label[0].isdigit() else "  ", [f"{label} {first}".rstrip()], first == FENCE
    for line in others:
        in_code ^= line == FENCE
        lines.append(line if in_code or line == FENCE or not line else indent + line)
    return "\n".join(lines)


def _table(token: Token) -> str:
    head, *bodies = token["children"]
    titles = [_cell(cell, "*") for cell in head["children"]]
    rows = [row["children"] for body in bodies for row in body["children"]]
    lines = [CELLS.join(_cell(cell) or NOTHING for cell in cells) for cells in rows]
    if any(titles):
        lines.insert(0, _wrapped("*", CELLS.join(title or NOTHING for title in titles)))
    return "\n".join(lines)


def _cell(cell: Token, within: str = "") -> str:
    return " ".join(_inline(cell["children"], within).split())


def _rule(token: Token) -> str:
    return "---"


SWALLOWING = frozenset({"list", "block_quote"})  # the empty line behind them counts as theirs
BLOCKS: Mapping[str, Callable[[Token], str]] = {
    "heading": _heading,
    "block_code": _code,
    "block_quote": _quote,
    "list": _list,
    "table": _table,
    "thematic_break": _rule,
}
MARKS = {"strong": "*", "emphasis": "_", "strikethrough": "~"}
LITERAL = {"strong": "**", "emphasis": "*", "strikethrough": "~~"}


def _inline(tokens: Sequence[Token], within: str = "") -> str:
    """The words of a line. `within` are the marks that they stand in already."""
    parts = [_span(token, within) for token in tokens]
    for place, token in enumerate(tokens):
        kind = token["type"]
        if kind in MARKS:
            before = "".join(parts[max(0, place - 1) : place])[-1:]
            after = "".join(parts[place + 1 : place + 2])[:1]
            parts[place] = _marked(kind, parts[place], before, after, within)
    return "".join(parts)


def _span(token: Token, within: str) -> str:
    match token["type"]:
        case "strong" | "emphasis" | "strikethrough" as kind:
            return _inline(token["children"], within + MARKS[kind])
        case "link" | "image":
            return _link(_inline(token["children"], within), token["attrs"])
        case "codespan":
            code = str(token["raw"])
            return f"{FENCE}{code}{FENCE}" if "`" in code else f"`{code}`"
        case "softbreak" | "linebreak":
            return "\n"
        case "inline_html":
            return "\n" if BREAK.fullmatch(token["raw"]) else str(token["raw"])
        case _:
            return ENTITY.sub(lambda found: unescape(found[0]).replace("\0", "\ufffd"), str(token.get("raw", "")))


def _link(words: str, attrs: Token) -> str:
    address, title = str(attrs["url"]), str(attrs.get("title") or "")
    named = f"{words} ({title})" if words and title else words or title
    bare = address.removeprefix("mailto:")
    if not address or unquote(bare) == unquote(words):
        return named
    return f"{named}: {bare}" if named else bare


def _marked(kind: str, words: str, before: str, after: str, within: str) -> str:
    """`words` in WhatsApp's mark. It has none inside a word: there they stay bare, and in a sum as they were."""
    if MARKS[kind] in within or not words:
        return words
    if before.isalnum() or after.isalnum():
        literal = LITERAL[kind] if (before + after).isdigit() or words[0].isdigit() else ""
        return f"{literal}{words}{literal}"
    return _wrapped(MARKS[kind], words)


def _wrapped(mark: str, words: str) -> str:
    """Each line in the mark, for it does not go on to the next; none where the words hold the same mark."""
    if mark in words:
        return words
    return "\n".join(_wrapped_line(mark, line) for line in words.split("\n"))


def _wrapped_line(mark: str, line: str) -> str:
    inner = line.strip()
    if len(inner) > LONGEST_MARKED:
        return line
    return line.replace(inner, f"{mark}{inner}{mark}", 1) if inner else line
