"""An error as Meta writes it, in any of its shapes; `errors` makes exceptions of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from channels_app.graph import wire

LONGEST_TEXT = 2000
SHORTEST_SECRET = 8  # shorter ones would blot out ordinary words


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """`code` is None where Graph named none."""

    code: int | None
    subcode: int | None
    title: str
    detail: str
    trace_id: str
    is_transient: bool
    user_title: str
    user_message: str

    @classmethod
    def read(cls, error: object, secrets: Iterable[str] = ()) -> Self:
        """Read the synchronous shape, the flatter one of webhooks, or whatever it is, with `secrets` blotted out."""
        found = wire.mapping(error)
        data = found.get("error_data")
        words = {
            "message": found.get("message"),
            "details": data if isinstance(data, str) else wire.mapping(data).get("details"),
            **{name: found.get(name) for name in ("title", "fbtrace_id", "error_user_title", "error_user_msg")},
        }
        said = {name: _blotted(wire.text(value), secrets) for name, value in words.items()}
        return cls(
            code=wire.number(found.get("code")),
            subcode=wire.number(found.get("error_subcode", found.get("subcode"))),
            title=said["title"] or re.sub(r"^\(#\d+\)\s*", "", said["message"]),
            detail=said["details"] or said["error_user_msg"] or said["message"],
            trace_id=said["fbtrace_id"],
            is_transient=found.get("is_transient") is True,
            user_title=said["error_user_title"],
            user_message=said["error_user_msg"],
        )

    def speaks_of(self, *phrases: str) -> bool:
        said = f"{self.title} {self.detail}".lower()
        return any(phrase in said for phrase in phrases)


def _blotted(words: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            words = words.replace(secret, "***")
    return words[:LONGEST_TEXT]
