"""Text as the app shows it: its own marks for bold, italic, struck and code, and links that can be followed.

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
LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")


def as_html(text: str) -> SafeString:
    """`text` for a page; whatever HTML it holds is shown as it was written."""
    parts: list[str] = []
    end = 0
    for found in CODE.finditer(text):
        parts.append(_marked(text[end : found.start()]))
        parts.append(f"<code>{escape((found['block'] or found['inline']).strip())}</code>")
        end = found.end()
    parts.append(_marked(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - each part was escaped


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
