"""Whatever a client sends: with keys dropped, values replaced, bytes cut off, a recording raises nothing unforeseen."""

import copy
import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from channels_app.gateways.base import MalformedNotification, UnreadableItem
from channels_app.gateways.meta.notification import open_notification
from channels_app.gateways.meta.reading import read_message, read_status
from channels_app.messages import InboundMessage, StatusUpdate
from channels_app.words import asks, content, describe, type_of
from tests.gateways.conftest import RECORDINGS

BODIES = [path.read_bytes() for path in sorted(RECORDINGS.glob("*.json"))]
PARSED = [json.loads(body) for body in BODIES]
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(categories=None))
    | st.sampled_from(["", "\0", "\ud800", "ZA.1", "ZA.ENT.1", "messages", "unsupported", 10**400, -1, "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
patient = settings(max_examples=400)


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path] * bool(path) + [place for key, value in inner for place in places(value, (*path, key))]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    tree = copy.deepcopy(draw(st.sampled_from(PARSED)))
    for _ in range(draw(st.integers(1, 3))):
        everywhere = places(tree)
        if not everywhere:
            break
        *way, last = draw(st.sampled_from(everywhere))
        holder = tree
        for key in way:
            holder = holder[key]
        if draw(st.booleans()):
            holder[last] = draw(JUNK)
        elif isinstance(holder, dict):
            del holder[last]
        else:
            holder.append(copy.deepcopy(holder[last]))
    return json.dumps(tree, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")


def look_at(body: bytes) -> None:
    """Open a notification and read all of it, as the product would."""
    try:
        changes = open_notification(body)
    except MalformedNotification:
        return
    envelopes = [envelope for change in changes for envelope in change.envelopes]
    assert len({envelope.key for envelope in envelopes}) == len(envelopes)
    for envelope in envelopes:
        with suppress(UnreadableItem):
            if envelope.kind == "message":
                use(read_message(envelope.raw, envelope.contact))
            elif envelope.kind == "status":
                use(read_status(envelope.raw))


def use(read: InboundMessage | StatusUpdate) -> None:
    if isinstance(read, StatusUpdate):
        storable(read.pricing, read.callback, read.problem.as_json() if read.problem else None)
    else:
        assert asks(read) in (True, False)
        storable(describe(read), content(read), type_of(read), read.origin.name, read.origin.username)


def storable(*values: Any) -> None:
    """PostgreSQL's text and jsonb take neither NUL nor lone surrogates nor NaN."""
    written = json.dumps(values, ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in written.replace("\\\\", "")
    written.encode()


@patient
@given(mutated())
def test_a_mutated_recording_raises_nothing_unforeseen(body: bytes) -> None:
    look_at(body)


@patient
@given(st.sampled_from(BODIES), st.data())
def test_a_damaged_recording_raises_nothing_unforeseen(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    look_at(body[:start] + data.draw(st.binary(max_size=8)) + body[end:])


@patient
@given(JUNK)
def test_junk_raises_nothing_unforeseen(junk: Any) -> None:
    look_at(json.dumps(junk).encode())
    look_at(json.dumps({"entry": [junk, {"changes": [junk, {"field": "messages", "value": junk}]}]}).encode())


@patient
@given(st.binary(max_size=200))
def test_bytes_raise_nothing_unforeseen(body: bytes) -> None:
    look_at(body)
