"""Replies as JSON: read from what services, programs and models write, with a sentence on each field that is wrong."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from channels_app.bots import fields, values
from channels_app.bots.contract import Answer, Attachment, Reply
from channels_app.bots.values import Wrong

HANDOVER = "handover"
MOST_REPLIES = 50
BESIDE_A_TEMPLATE = frozenset({"template", "quote", "markdown"})


class BadReply(ValueError):
    """What was written is no reply. `errors` has a sentence for each field, the empty name for the whole."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return " ".join(f"{name}: {what}" if name else what for name, what in self.errors.items())


def read(value: object) -> Reply:
    """The reply in a JSON object. A field that is null counts as left out. Raises `BadReply`."""
    if not isinstance(value, Mapping):
        raise BadReply({"": 'A reply is an object, such as {"text": "Hello"}.'})
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, given in value.items():
        try:
            reader = READERS.get(name) or _unknown(name)
            if given is not None:
                found[name] = reader(given)
        except Wrong as exc:
            errors[str(name)] = exc.args[0]
    if not errors:
        errors = dict(_complaints(found))
    if errors:
        raise BadReply(errors)
    return Reply(**found)


def read_answer(value: object) -> Answer:
    """The answer to a turn: `{"messages": [reply, …], "handover": "why"}`, a list of replies, or a single one.

    A handover may also stand in a reply, alone or beside its text. Raises `BadReply`, with the place of the reply in
    the names of its fields: `messages.0.text`.
    """
    whole = value if isinstance(value, Mapping) and "messages" in value else {"messages": _listed(value)}
    errors = {str(name): "An answer has `messages` and `handover`." for name in whole.keys() - {"messages", HANDOVER}}
    why = _handover(whole.get(HANDOVER), HANDOVER, errors)
    messages = whole["messages"]
    if not isinstance(messages, list | tuple):
        raise BadReply({"messages": "This is a list of replies."})
    if len(messages) > MOST_REPLIES:
        raise BadReply({"messages": f"These are too many: at most {MOST_REPLIES} replies to one turn."})
    replies = []
    for place, written in enumerate(messages):
        if isinstance(written, Mapping) and HANDOVER in written:
            given = _handover(written[HANDOVER], f"messages.{place}.{HANDOVER}", errors)
            why = why if given is None else given
            written = {name: given for name, given in written.items() if name != HANDOVER}
            if not written:
                continue
        try:
            replies.append(read(written))
        except BadReply as exc:
            errors |= {f"messages.{place}.{name}".rstrip("."): what for name, what in exc.errors.items()}
    if errors:
        raise BadReply(errors)
    return Answer(replies=tuple(replies), handover=why)


def as_json(reply: Reply) -> dict[str, Any]:
    """`reply` as `read` takes it: whatever is as it would be anyway is left out."""
    untold, untold_of_files = asdict(Reply()), asdict(Attachment())
    found = {name: value for name, value in asdict(reply).items() if value != untold[name]}
    if "attachment" in found:
        told = found["attachment"].items()
        found["attachment"] = {name: value for name, value in told if value != untold_of_files[name]}
    return found


def is_blank(reply: Reply) -> bool:
    """Whether there is nothing in `reply` that could be said."""
    things = (reply.attachment, reply.link, reply.location, reply.contacts, reply.choices, reply.template)
    return not reply.text.strip() and reply.reaction is None and not any(things)


def _complaints(found: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if found.get("choices") and found.get("request"):
        yield "request", "Choices and a request do not go together: send the request as a reply of its own."
    others = [name for name, given in found.items() if given and name not in BESIDE_A_TEMPLATE]
    if found.get("template") and others:
        yield "template", f"A template says its own words: leave out {', '.join(others)}, or send them by themselves."


def _unknown(name: object) -> Callable[[Any], Any]:
    raise Wrong(f"This is unknown here. A reply may have: {', '.join(READERS)}.")


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _handover(value: object, name: str, errors: dict[str, str]) -> str | None:
    """Why a person should go on; `true` says so without a reason."""
    if value is None or value is False:
        return None
    if value is True or isinstance(value, str):
        return value.strip() if isinstance(value, str) else ""
    errors[name] = "This is a text: why a person should go on."
    return None


READERS: Mapping[str, Callable[[Any], Any]] = {
    "text": values.text,
    "markdown": values.flag,
    "choices": fields.choices,
    "menu": values.line,
    "voice": values.flag,
    "quote": values.flag,
    "attachment": fields.attachment,
    "link": fields.link,
    "location": fields.place,
    "contacts": fields.contacts,
    "request": fields.request,
    "reaction": fields.reaction,
    "template": fields.template,
}
