"""Graph as anybody may call it, without our client: what is sent is sent as it is, and errors are answers."""

from dataclasses import dataclass
from typing import Any

import requests

# graph-api.md §1.4: with which HTTP status each code comes.
STATUS = {
    100: 400,
    104: 401,
    190: 401,
    130403: 400,
    130429: 400,
    131008: 400,
    131009: 400,
    131020: 400,
    131021: 400,
    131026: 400,
    131031: 403,
    131047: 400,
    131053: 400,
    131056: 400,
    131062: 400,
    132000: 400,
    132001: 404,
    132005: 400,
    132012: 400,
    132015: 400,
    132016: 400,
    132018: 400,
    133005: 400,
    133006: 400,
    133010: 400,
    133016: 400,
    136024: 400,
    137000: 400,
    139100: 400,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: Any

    @property
    def error(self) -> dict[str, Any]:
        """The error; it has Meta's shape, and comes with the status that Meta sends with its code."""
        error: dict[str, Any] = self.body["error"]
        assert error["message"]
        assert error["type"] in ("OAuthException", "GraphMethodException")
        assert error["fbtrace_id"]
        assert self.status == STATUS.get(error["code"], 400), error
        return error

    @property
    def code(self) -> int:
        """That of the error; 0 where there is none."""
        return int(self.error["code"]) if "error" in self.body else 0

    @property
    def subcode(self) -> int | None:
        return self.error.get("error_subcode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    base: str
    token: str

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.call("POST", path, **({"json": body} if body is not None else {}), **more)

    def delete(self, path: str, body: Any = None, **query: Any) -> Answer:
        return self.call("DELETE", path, params=query, json=body)

    def call(self, method: str, path: str, **more: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.base}/simulator/graph/v25.0/{path}"
        answer = requests.request(method, url, headers=headers, timeout=30, **more)
        return Answer(status=answer.status_code, body=answer.json())
