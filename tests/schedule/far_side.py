"""Meta and the bot as the workers of a schedule meet them: each call is a step, and ends as the schedule says."""

import json
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, cast

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from channels_app.bots.contract import Answer, Reply, Turn
from tests.schedule.actors import Fate, current


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message that Meta took."""

    person: str
    text: str
    callback: str
    wamid: str

    @property
    def message(self) -> str:
        return self.callback.partition(".")[0]

    @property
    def attempt(self) -> str:
        return self.callback.partition(".")[2]


@dataclass(slots=True)
class Meta(BaseAdapter):
    """Takes messages; `refusals` are what it answers next instead, each an HTTP status and a code."""

    taken: list[Taken] = field(default_factory=list)
    refusals: list[tuple[int, int]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        body = json.loads(cast(bytes, request.body))
        if body.get("status") == "read":
            return _answer(request, 200, {"success": True})
        actor = current()
        fate = actor.pause("graph") if actor else Fate.DONE
        if fate is Fate.CUT_BEFORE:
            raise requests.ReadTimeout
        if self.refusals:
            http, code = self.refusals.pop(0)
            self.refused[body["text"]["body"]] += 1
            return _answer(request, http, {"error": {"code": code, "message": "refused", "type": "OAuthException"}})
        taken = self._take(body)
        if fate is Fate.CUT_AFTER:
            raise requests.ReadTimeout
        contact = {"input": body["to"], "wa_id": taken.person}
        sent = {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": taken.wamid}]}
        return _answer(request, 200, sent)

    def close(self) -> None:
        """There is nothing to close."""

    def _take(self, body: Any) -> Taken:
        taken = Taken(
            person=body["to"].removeprefix("+"),
            text=body["text"]["body"],
            callback=body["biz_opaque_callback_data"],
            wamid=f"wamid.out.{len(self.taken)}",
        )
        self.taken.append(taken)
        return taken


def _answer(request: requests.PreparedRequest, status: int, body: Any) -> requests.Response:
    raw = json.dumps(body).encode()
    response = requests.Response()
    response.status_code, response.request, response.url = status, request, request.url or ""
    response.raw = HTTPResponse(body=BytesIO(raw), status=status, preload_content=False)
    return response


class Parrot:
    """A bot that says what was said, or fails; `asked` counts how often it was asked what, `failed` how it failed."""

    asked: Counter[str] = Counter()
    failed: Counter[str] = Counter()

    def reply(self, turn: Turn) -> Answer:
        said = " ".join(message.text for message in turn.messages)
        actor = current()
        fate = actor.pause("bot") if actor else Fate.DONE
        self.asked[said] += 1
        if fate is not Fate.DONE:
            self.failed[said] += 1
            raise RuntimeError("The parrot has flown")
        return Answer(replies=(Reply(text=said),))
