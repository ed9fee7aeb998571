"""Tools: what a model may do besides writing text, as it is offered, and as it is read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels_app.bots.contract import Choice, Reply

OFFER_CHOICES = "offer_choices"
HAND_OVER = "hand_over"
MOST_CHOICES = 20


def _function(name: str, description: str, needed: list[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": needed}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


def _text(description: str) -> dict[str, str]:
    return {"type": "string", "description": description}


OFFERS = {
    OFFER_CHOICES: _function(
        OFFER_CHOICES,
        "Ask the person something and let them answer by tapping one of a few choices, shown as buttons or as a list. "
        "Use it whenever the sensible answers are known beforehand. Up to 3 choices look best, 10 are the most.",
        ["text", "choices"],
        {
            "text": _text("The whole message, with the question; it is all that the person reads beside the choices."),
            "choices": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "title": _text("At most 20 characters."),
                        "description": _text("At most 72 characters; only where a title alone is not clear."),
                    },
                    "required": ["title"],
                },
            },
        },
    ),
    HAND_OVER: _function(
        HAND_OVER,
        "Have a member of the team go on with this conversation: when the person asks for somebody, or when you "
        "cannot help. You are not asked again until they give it back.",
        ["reason"],
        {
            "reason": _text("One sentence for the team."),
            "text": _text("What to tell the person, such as that somebody will write to them."),
        },
    ),
}


class Unreadable(Exception):
    """The model called a tool in a way that says nothing."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a model's calls come to."""

    replies: tuple[Reply, ...] = ()
    handover: str | None = None


def read(calls: Any, content: str) -> Called:
    """What a model wishes by `tool_calls`, and by the words it wrote beside them, each said once.

    Raises `Unreadable` where one of the calls cannot be read.
    """
    called = [_call(call) for call in calls] if isinstance(calls, list) else []
    texts = [str(arguments.get("text") or "").strip() for _, arguments in called]
    beside = content.strip()
    if beside and called and not texts[0]:
        texts[0] = beside
    replies = [Reply(text=beside)] if beside and not any(beside in text for text in texts) else []
    handover = None
    for (name, arguments), text in zip(called, texts, strict=True):
        if name == OFFER_CHOICES:
            replies.append(Reply(text=_needed(text), choices=_choices(arguments.get("choices"))))
        elif name == HAND_OVER:
            handover = str(arguments.get("reason") or "The bot asks for a person.")
            replies += [Reply(text=text)] if text else []
        else:
            raise Unreadable(f"there is no tool {name[:40]}")
    return Called(tuple(replies), handover)


def _needed(text: str) -> str:
    if not text:
        raise Unreadable("choices were offered without a question")
    return text


def _call(call: Any) -> tuple[str, Mapping[str, Any]]:
    try:
        asked = call["function"]
        arguments = asked["arguments"]
        found = json.loads(arguments) if isinstance(arguments, str) else arguments
        name = str(asked["name"])
    except (LookupError, TypeError, ValueError, RecursionError) as exc:
        raise Unreadable("a tool was called with arguments that are no JSON") from exc
    if not isinstance(found, Mapping):
        raise Unreadable("a tool was called without arguments")
    return name, found


def _choices(offered: Any) -> tuple[Choice, ...]:
    """The choices, each once; the title is the id, so that it says the same in every turn."""
    found: dict[str, Choice] = {}
    for item in offered if isinstance(offered, list) else []:
        fields = item if isinstance(item, Mapping) else {"title": item}
        title = " ".join(str(fields.get("title") or "").split())
        if title:
            description = " ".join(str(fields.get("description") or "").split())
            found.setdefault(title, Choice(id=title, title=title, description=description))
    if not found:
        raise Unreadable("choices were offered that are none")
    return tuple(found.values())[:MOST_CHOICES]
