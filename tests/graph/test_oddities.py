"""Whatever stands in an answer, reading it gives a value or one of our errors."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_app.graph import wire
from channels_app.graph.answers import (
    PhoneNumber,
    Sent,
    SubscribedApp,
    Template,
    TokenFacts,
    Waba,
    WebhookConfiguration,
)
from channels_app.graph.errors import GraphError, OutcomeUnknown, Refused
from channels_app.graph.health import Health

KEYS = st.sampled_from(
    ["id", "code", "error", "error_data", "details", "error_subcode", "data", "messages", "contacts", "components"]
) | st.sampled_from(["scopes", "granular_scopes", "target_ids", "expires_at", "health_status", "entities", "errors"])
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["100", "131047"])
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=6)
READERS = [Sent, PhoneNumber, Template, Waba, TokenFacts, SubscribedApp, WebhookConfiguration, Health]


@given(error=VALUES, status=st.integers(100, 599), header=st.text(max_size=40))
def test_any_refusal_becomes_an_error(error: object, status: int, header: str) -> None:
    headers = {"Retry-After": header, "X-Business-Use-Case-Usage": header}
    assert isinstance(Refused.from_wire(json.dumps({"error": error}).encode(), status, headers), GraphError)
    assert isinstance(Refused.from_webhook(error), Refused)


@given(body=st.binary(max_size=60), status=st.integers(100, 599))
def test_any_body_becomes_an_error(body: bytes, status: int) -> None:
    assert isinstance(Refused.from_wire(body, status, {}), GraphError)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@given(answer=OBJECTS)
def test_any_answer_is_read_or_called_unreadable(reader: Any, answer: dict[str, Any]) -> None:
    document = wire.document(json.dumps(answer).encode())
    assert document is not None
    with suppress(OutcomeUnknown):
        assert isinstance(reader.read(document), reader)
