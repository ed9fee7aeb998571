"""The prompt: a turn, what was said before it and the team's own words, as the messages of a chat completion."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from channels_app.bots.chat.documents import as_text
from channels_app.bots.contract import File, Past, Said, Turn

Message = dict[str, Any]

LARGEST_IMAGE = 5 * 1024 * 1024
MOST_IMAGES = 5
IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
VARIABLES = ("participant_name", "language", "time", "channel")
LONGEST_VALUE = 100

_variable = re.compile(r"\{\{?\s*(" + "|".join(VARIABLES) + r")\s*\}\}?")


def system(words: str, turn: Turn, now: datetime, zone: ZoneInfo) -> str:
    """The team's prompt with its variables filled in, and until when the person can be written to."""
    values = {
        "participant_name": turn.participant.name or "unknown",
        "language": turn.language,
        "time": f"{now.astimezone(zone):%A, %Y-%m-%d %H:%M} ({zone.key})",
        "channel": turn.channel_name,
    }
    filled = _variable.sub(lambda found: _one_line(values[found[1]]), words)
    return "\n\n".join(filter(None, [filled.strip(), _note_on_the_window(turn, zone)]))


def past(history: tuple[Past, ...], most_tokens: int) -> list[Message]:
    """What was said before, oldest first: the newest of it that make no more than about `most_tokens`."""
    kept: list[Message] = []
    left = most_tokens
    for entry in reversed(history):
        left -= tokens(entry.text)
        if left < 0:
            break
        kept.append({"role": "user" if entry.by == "person" else "assistant", "content": entry.text})
    return kept[::-1]


def present(turn: Turn, *, images: bool) -> Message:
    """The turn itself. Without `images` a picture is told of in words, as is whatever a model cannot look at."""
    parts = [part for said in turn.messages for part in _parts(said, images)]
    shown = [part for part in parts if part["type"] == "image_url"]
    for part in shown[MOST_IMAGES:]:
        parts.remove(part)
    if not shown:
        return {"role": "user", "content": "\n".join(part["text"] for part in parts)}
    return {"role": "user", "content": parts}


def merged(messages: Sequence[Message]) -> list[Message]:
    """Neighbours of one role as one message: some models insist that roles take turns."""
    made: list[Message] = []
    for message in messages:
        last = made[-1] if made else None
        texts = [message["content"], last["content"]] if last and last["role"] == message["role"] else []
        if texts and all(isinstance(text, str) for text in texts):
            made[-1] = {"role": message["role"], "content": f"{texts[1]}\n{texts[0]}"}
        else:
            made.append(message)
    return made


def tokens(text: str) -> int:
    """About how many tokens a text takes, rather too many than too few: no model's own count is at hand."""
    plain = sum(character.isascii() for character in text)
    return ceil(plain / 4) + len(text) - plain + 4


def _parts(said: Said, images: bool) -> Iterator[Mapping[str, Any]]:
    yield {"type": "text", "text": said.text}
    for file in said.files:
        if images and (url := _picture(file)):
            yield {"type": "image_url", "image_url": {"url": url}}
        elif (text := as_text(file)) is not None:
            yield {"type": "text", "text": f"The document {_one_line(file.name)}:\n\n{text}"}


def _picture(file: File) -> str:
    """A picture as an address that holds it; nothing where it is none, too large, or gone."""
    mime_type = file.mime_type.partition(";")[0].strip().lower()
    if mime_type not in IMAGE_TYPES or file.size > LARGEST_IMAGE:
        return ""
    try:
        content = file.read()
    except OSError:
        return ""
    return f"data:{mime_type};base64,{b64encode(content).decode()}" if len(content) <= LARGEST_IMAGE else ""


def _note_on_the_window(turn: Turn, zone: ZoneInfo) -> str:
    if turn.window_expires_at is None:
        return ""
    until = f"{turn.window_expires_at.astimezone(zone):%A, %Y-%m-%d %H:%M} ({zone.key})"
    return (
        f"The person can be written to until {until}, unless they write again; after that only a notice reaches them."
    )


def _one_line(value: str) -> str:
    """A value as it may stand in a prompt: people choose their own names, and those are no instructions."""
    return " ".join(value.split())[:LONGEST_VALUE]
