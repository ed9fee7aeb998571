"""Meta at the far end of the wire: says what a test tells it to."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from requests import PreparedRequest

BASE = "https://graph.example.com/v25.0"
WABA, NUMBER, APP = "104216845993017", "118930421775604", "731905518842217"
TOKEN, SECRET = "token-of-alice", "0123456789abcdef0123456789abcdef"
SENT = {
    "contacts": [{"input": "+27831234567", "wa_id": "27831234567"}],
    "messages": [{"id": "wamid.OUT"}],
}


def error(code: int, message: str = "No", **members: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "fbtrace_id": "AbCd", **members}}


INVALID_PROOF = error(100, "Invalid appsecret_proof provided in the API argument", type="GraphMethodException")
NO_PROOF = error(100, "API calls from the server require an appsecret_proof argument", type="GraphMethodException")


def says(mock: responses.RequestsMock, method: str, path: str, answer: Any, status: int | None = None) -> None:
    """Answer every call of this path from here on, whatever stands in its query."""
    is_error = isinstance(answer, dict) and "error" in answer
    mock.upsert(method, f"{BASE}/{path}", json=answer, status=status or (400 if is_error else 200))


def minds_proof(mock: responses.RequestsMock, method: str, path: str, answer: Any, without: Any = None) -> None:
    """Refuse calls with a proof as invalid; those without get `without`, or `answer`."""

    def reply(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        if "appsecret_proof" in asked(request):
            return 400, {}, json.dumps(INVALID_PROOF)
        found = answer if without is None else without
        return (400 if "error" in found else 200), {}, json.dumps(found)

    mock.add_callback(method, f"{BASE}/{path}", callback=reply)


def asked(request: PreparedRequest) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url or "").query).items()}


def posted(call: responses.Call) -> dict[str, Any]:
    body = call.request.body
    assert isinstance(body, bytes)
    found: dict[str, Any] = json.loads(body)
    return found
