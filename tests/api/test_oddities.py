"""Whatever a client sends, the API has an answer to it that is no crash."""

from io import BytesIO
from typing import Any

import pytest
from django.db import OperationalError, connection
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from channels_app.models import Channel

LISTS = ["providers", "chatbots", "channels", "messages"]
JSON = "application/json"
HUGE = b"9" * 5000

ODD_BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"[{}]",
    b'"text"',
    b"12",
    b"NaN",
    b'{"name": NaN}',
    b'{"name": Infinity}',
    b'{"name": "\\ud83d"}',
    b'{"\\ud83d": 1}',
    b'{"name": "\\u0000"}',
    b'{"config": {"\\u0000": 1}}',
    b'{"name": ' + HUGE + b"}",
    b'{"answer_within": 1e400}',
    b"\xff\xfe{",
    b"\xed\xa0\xbd",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"name": {"a": [[]]}, "provider": {}, "chatbot": [], "to": {}, "channel": 1.5, "engine": 1, "config": 0}',
]


def send(api: APIClient, path: str, body: Any, media_type: str = JSON, method: str = "POST", **more: Any) -> Any:
    return api.generic(method, f"/api/v1/{path}", body, media_type, **more)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("body", ODD_BODIES)
def test_an_odd_body_is_refused(api: APIClient, name: str, body: bytes) -> None:
    answer = send(api, f"{name}/", body)
    assert answer.status_code == 400
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize("body", ODD_BODIES)
def test_an_odd_change_is_no_crash(api: APIClient, channel: Channel, body: bytes) -> None:
    for path in (f"providers/{channel.provider_id}", f"chatbots/{channel.bot_id}", f"channels/{channel.pk}"):
        answer = send(api, f"{path}/", body, method="PATCH")
        assert answer.status_code in (200, 400)


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "x", ""])
def test_anything_but_json_is_told_so(api: APIClient, media_type: str) -> None:
    answer = send(api, "chatbots/", b"name=Echo", media_type)
    assert answer.status_code == 415


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "nonsense", "ü"])
def test_json_is_utf_8_whatever_is_said_of_it(api: APIClient, charset: str) -> None:
    body = b'{"name": "Echo", "engine": "echo"}'
    assert send(api, "chatbots/?a=%41", body, f"{JSON}; charset={charset}").status_code == 201


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=0.9", "nonsense", "*/*;q=0"])
def test_the_answer_is_json_whatever_is_asked_for(api: APIClient, accept: str) -> None:
    answer = api.get("/api/v1/chatbots/?format=xml", headers={"Accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (200, JSON)


def test_a_huge_body_is_refused(api: APIClient) -> None:
    body = b'{"name": "' + b"x" * 1024 * 1024 + b'"}'
    assert send(api, "chatbots/", body).status_code == 413


class Cut(BytesIO):
    """A connection that ends in the middle of a body."""

    def read(self, size: int | None = -1) -> bytes:
        raise ConnectionResetError


def test_a_body_that_breaks_off_is_refused(api: APIClient) -> None:
    cut: Any = {"wsgi.input": Cut()}
    answer = send(api, "chatbots/", b'{"name": "Echo"}', **cut)
    assert answer.status_code == 400


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    | st.sampled_from(["+27831234567", "echo", "sim-1", "104216845993017", "••••", "simulated"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_names = st.sampled_from(
    [
        "name", "type", "waba_id", "access_token", "app_secret", "verify_token", "template_language", "app_id",
        "engine", "config", "speech", "is_active", "provider", "chatbot", "phone_number", "voice_replies",
        "allowed_senders", "answer_within", "debounce", "max_templates", "reply_expires_after", "channel", "to",
        "text", "voice", "quote", "choices", "id",
    ]
)  # fmt: skip


@settings(max_examples=60)
@given(body=st.dictionaries(_names, _values, max_size=8), name=st.sampled_from(LISTS))
def test_any_body_at_all_is_answered(api: APIClient, channel: Channel, body: dict[str, Any], name: str) -> None:
    real = {"provider": str(channel.provider_id), "chatbot": str(channel.bot_id), "channel": str(channel.pk)}
    for asked in (body, real | {"phone_number": "no number"} | body):
        assert api.post(f"/api/v1/{name}/", asked).status_code in (201, 202, 400)


def test_a_database_that_is_away_is_told_with_when_to_come_back(api: APIClient) -> None:
    def gone(*args: Any) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(gone):
        answer = api.get("/api/v1/channels/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
