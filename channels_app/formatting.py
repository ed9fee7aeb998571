"""Text as the app shows it: its own marks for bold, italic, struck, code, quotations and lists, and links.

https://faq.whatsapp.com/539178204879377
"""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

CODE = re.compile(r"```(?P<block>[^`]+)```|`(?P<inline>[^`\n]+)`")
MARKS = tuple(
    (re.compile(rf"(?<![\w{mark}]){mark}(?=\S)([^\n{mark}]*[^\s{mark}]){mark}(?![\w{mark}])"), rf"<{tag}>\1</{tag}>")
    for mark, tag in ((r"\*", "strong"), ("~", "s"), ("_", "em"))
)
LINE = re.compile(r"^(?:(?P<quote>>)|(?P<bullet>[*-])|(?P<number>[0-9]{1,3})\.) +(?P<words>.*\S.*)$", re.MULTILINE)
BLOCKS = {
    "quote": ("<blockquote>", "</blockquote>", "\n"),
    "bullet": ("<ul>", "</ul>", ""),
    "number": ("<ol>", "</ol>", ""),
}
ASIDE = "\ue000"
IN_PLACE = re.compile(f"{ASIDE}([0-9]+){ASIDE}")
LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")


def as_html(text: str) -> SafeString:
    """`text` for a page; whatever HTML it holds is shown as it was written."""
    codes: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        codes.append(f"<code>{escape((found['block'] or found['inline']).strip())}</code>")
        return f"{ASIDE}{len(codes) - 1}{ASIDE}"

    html = _lines(CODE.sub(put_aside, text.replace(ASIDE, "")))
    return mark_safe(IN_PLACE.sub(lambda found: codes[int(found[1])], html))  # noqa: S308 - each part was escaped


def plain(text: str) -> str:
    """`text` without its marks, for where there is one line for it."""
    text = CODE.sub(lambda found: found["block"] or found["inline"], text)
    for mark, _ in MARKS:
        text = mark.sub(r"\1", text)
    return LINE.sub(lambda found: found[0] if found["bullet"] or found["number"] else found["words"], text)


def _lines(text: str) -> str:
    """Lines, with quotations and lists among them. What is a block of its own needs no line break around it."""
    html, kind = "", ""
    for line in text.split("\n"):
        found = LINE.fullmatch(line)
        kind_now = next((each for each in BLOCKS if found[each]), "") if found else ""
        if kind != kind_now:
            html += BLOCKS.get(kind, ("", "", ""))[1] + BLOCKS.get(kind_now, ("", "", ""))[0]
        elif html:
            html += BLOCKS[kind][2] if kind else "\n"
        html += _item(found) if found and kind_now else _marked(line)
        kind = kind_now
    return html + BLOCKS.get(kind, ("", "", ""))[1]


def _item(found: re.Match[str]) -> str:
    words = _marked(found["words"])
    if found["quote"]:
        return words
    return f'<li value="{found["number"]}">{words}</li>' if found["number"] else f"<li>{words}</li>"


def _marked(text: str) -> str:
    parts: list[str] = []
    end = 0
    for found in LINK.finditer(text):
        address = escape(found[0])
        parts.append(_emphasised(text[end : found.start()]))
        parts.append(f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{address}</a>')
        end = found.end()
    return "".join([*parts, _emphasised(text[end:])])


def _emphasised(text: str) -> str:
    html = str(escape(text))
    for mark, tagged in MARKS:
        html = mark.sub(tagged, html)
    return html
