"""The wire to a model: one chat completion of an OpenAI-compatible endpoint, and what each of its refusals means."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from channels_app.bots.chat.errors import Away, Filtered, Part, Refused, Unfit
from channels_app.bots.means import AiEndpoint
from channels_app.errors import Problem
from channels_app.outside import Answer, Call, Moved, NotAllowed, Outside, OutsideError, refusals
from channels_app.phrases import marked as _

USAGE = ("prompt_tokens", "completion_tokens", "total_tokens")
MOST_TOKENS = 2**31 - 1

UNFIT: tuple[tuple[Part, re.Pattern[str]], ...] = (
    (
        "history",
        re.compile(r"context.{0,20}(length|window)|maximum context|too many (input )?tokens|prompt is too long"),
    ),
    ("tools", re.compile(r"\btools?\b|\btool_choice\b|function.?call")),
    ("images", re.compile(r"image|vision|multimodal|content.{0,20}must be a string")),
    ("max_tokens", re.compile(r"max_tokens|max_completion_tokens")),
    ("temperature", re.compile(r"temperature")),
)
"""How servers say what they do not take: each in words of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model said. `was_cut` says that it was not done when its tokens were used up, `was_filtered` that the
    provider's filter stopped it.
    """

    text: str = ""
    calls: Any = None
    was_cut: bool = False
    was_filtered: bool = False
    usage: Mapping[str, int] = field(default_factory=dict)


def complete(outside: Outside, endpoint: AiEndpoint, request: Mapping[str, Any], seconds: float) -> Completion:
    """Ask once. Raises `ModelError`."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.api_key:
        headers["Authorization"] = f"Bearer {endpoint.api_key}"
    call = Call(
        method="POST",
        url=f"{endpoint.base_url.rstrip('/')}/chat/completions",
        headers=headers,
        body=json.dumps(request).encode(),
        seconds=seconds,
    )
    try:
        answer = outside.send(call)
    except (NotAllowed, Moved) as exc:
        raise Refused(_problem(_("The AI provider cannot be called"), str(exc), _("Correct its address."))) from None
    except OutsideError as exc:
        raise Away(str(exc)) from None
    return _read(refusals.body_of(answer)) if answer.status == 200 else _refuse(answer)


def _read(body: Any) -> Completion:
    try:
        choice = body["choices"][0]
        message = choice["message"]
        content, calls = message.get("content"), message.get("tool_calls")
    except (LookupError, TypeError, AttributeError) as exc:
        if error := refusals.words(body):
            raise Away(error) from exc
        raise Away(_("The answer is no chat completion.")) from exc
    if message.get("refusal") and not content:
        content = message["refusal"]
    return Completion(
        text=_words(content),
        calls=calls or None,
        was_cut=choice.get("finish_reason") == "length",
        was_filtered=choice.get("finish_reason") == "content_filter",
        usage=_usage(body.get("usage")),
    )


def _words(content: Any) -> str:
    """The text of an answer, without the thinking that some models write down before it."""
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
    text = content if isinstance(content, str) else ""
    return re.sub(r"\A\s*<think(ing)?>.*?(</think(ing)?>|\Z)", "", text, flags=re.DOTALL).strip()


def _usage(usage: Any) -> dict[str, int]:
    if not isinstance(usage, Mapping):
        return {}
    return {name: usage[name] for name in USAGE if _is_count(usage.get(name))}


def _is_count(value: object) -> bool:
    """What is no number of tokens is nobody's word on what was spent."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS


def _refuse(answer: Answer) -> Completion:
    """Raise what a status other than 200 means."""
    body = refusals.body_of(answer)
    said, code = refusals.words(body) or f"HTTP {answer.status}", refusals.code(body)
    if "content_filter" in code or "content_policy" in code or "content management policy" in said:
        raise Filtered(said)
    if answer.status == 429 and code == "insufficient_quota":
        raise Refused(_problem(_("The AI provider's quota is used up"), said, _("Top up the account at the provider.")))
    if answer.status in refusals.PERHAPS_LATER:
        raise Away(said, refusals.retry_after(answer))
    if answer.status in (400, 404, 413, 422):
        for part, words in UNFIT:
            if words.search(f"{said} {code}".lower()):
                raise Unfit(part, said)
    raise Refused(_refusal(answer.status, said))


def _refusal(status: int, said: str) -> Problem:
    match status:
        case 401 | 403:
            advice = _("Enter a valid key at the AI provider, one that may use this model.")
            return _problem(_("The AI provider refuses the key"), said, advice)
        case 404:
            advice = _(
                "See that the model's name is right, and that the provider's address ends where it should (/v1)."
            )
            return _problem(_("The AI provider knows no such model"), said, advice)
    return _problem(
        _("The AI provider refuses the request"), said, _("See what it says, and correct the bot's settings.")
    )


def _problem(title: str, detail: str, advice: str) -> Problem:
    return Problem(code=0, title=title, detail=detail[:500], advice=advice)
