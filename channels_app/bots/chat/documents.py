"""Small text documents, as text that a model can read."""

from pathlib import PurePath

from channels_app.bots.contract import File

LARGEST = 100 * 1024

ENDINGS = frozenset(
    {
        *("bat", "c", "cfg", "conf", "cpp", "cs", "css", "csv", "eml", "env", "go", "h", "hpp", "htm", "html", "ics"),
        *("ini", "java", "js", "json", "jsonl", "kt", "log", "lua", "md", "php", "pl", "properties", "ps1", "py", "r"),
        *("rb", "rs", "rst", "sh", "sql", "srt", "svg", "swift", "tex", "toml", "ts", "tsv", "txt", "vcf", "vtt"),
        *("xml", "yaml", "yml"),
    }
)
TEXTS_THAT_DO_NOT_SAY_SO = frozenset(
    {
        "application/json",
        "application/ld+json",
        "application/xml",
        "application/yaml",
        "application/x-yaml",
        "application/toml",
        "application/javascript",
        "application/sql",
        "application/csv",
    }
)


def as_text(file: File) -> str | None:
    """The words of a small text document; `None` where it is none, too large, or gone."""
    if not _is_text(file) or file.size > LARGEST:
        return None
    try:
        content = file.read()
    except OSError:
        return None
    if len(content) > LARGEST:
        return None
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _is_text(file: File) -> bool:
    mime_type = file.mime_type.partition(";")[0].strip().lower()
    ending = PurePath(file.name.lower()).suffix.lstrip(".")
    return mime_type.startswith("text/") or mime_type in TEXTS_THAT_DO_NOT_SAY_SO or ending in ENDINGS


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return "utf-8-sig", "cp1252"
