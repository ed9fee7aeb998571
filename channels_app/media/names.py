"""Names of files, as people and programs write them: what is in one may mislead, so it is put right."""

import re
from pathlib import PurePath

from channels_app.media import sniffing

LONGEST = 240
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the order of what is read: with them cod.exe looks like exe.doc."""
_OFFICE = frozenset({sniffing.DOC, sniffing.XLS, sniffing.PPT, sniffing.DOCX, sniffing.XLSX, sniffing.PPTX})
RUN = frozenset(
    {
        *(
            ".apk",
            ".app",
            ".bat",
            ".cmd",
            ".com",
            ".deb",
            ".dmg",
            ".exe",
            ".hta",
            ".htm",
            ".html",
            ".jar",
            ".js",
            ".jse",
        ),
        *(".lnk", ".mht", ".msi", ".pif", ".ps1", ".reg", ".scr", ".sh", ".svg", ".vbe", ".vbs", ".wsf", ".xhtml"),
    }
)
"""Endings of what a phone or a computer begins to run, whatever is in it."""
NO_TEXTS = frozenset({".jpeg", ".zip", *(each for kind, each in sniffing.ENDINGS.items() if kind != sniffing.TEXT)})


def clean(name: str) -> str:
    """One line without folders and without what turns it round."""
    written = _TURNED.sub("", name.replace("\0", "").encode("utf-8", "replace").decode())
    line = " ".join(written.split())
    return re.split(r"[/\\]", line)[-1].strip()[-LONGEST:]


def is_of_a_program(name: str) -> bool:
    return PurePath(clean(name).lower()).suffix in RUN


def fitting(name: str, mime_type: str) -> str:
    """`name` with an ending that leads to what the file is: phones open documents by it."""
    cleaned = clean(name)
    ending, given = sniffing.ENDINGS.get(mime_type, ""), PurePath(cleaned).suffix.lower()
    if not given:
        return f"{cleaned or 'file'}{ending}"
    return f"{cleaned[-LONGEST + len(ending) :]}{ending}" if _misleads(given, mime_type) else cleaned


def _misleads(given: str, mime_type: str) -> bool:
    if mime_type == sniffing.TEXT:
        return given in NO_TEXTS
    if mime_type in _OFFICE:
        return given[:4] != sniffing.ENDINGS[mime_type][:4]
    return mime_type == "application/pdf" and given != ".pdf"
