"""Spoken: what was made for a message that is said aloud, as it stands in the message's `content`."""

from typing import Any

from channels_app.models import Message

SAID = "said"
"""The key of it: the file, of which words it was made, and Meta's id of it."""


def attached(part: Message, rung: str) -> dict[str, object]:
    """The columns that say which file went along: what was spoken, where it was heard."""
    said = part.content.get(SAID)
    if said is None:
        return {}
    return {"attachments": [said["file"]] if rung == "voice" and said.get("file") else []}


def unspoken(content: dict[str, Any]) -> dict[str, Any]:
    """`content` of what is written after all, and was made for nothing else."""
    return {name: value for name, value in content.items() if name not in ("spoken", SAID)}
