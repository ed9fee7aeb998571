"""Meta, on this machine: it takes our sends and keeps what it was asked, answers late or not at all, and reports."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from channels_app.graph.signature import appsecret_proof
from tests.processes.clinic import Account
from tests.processes.reporter import Reporter
from tests.processes.weather import Weather

Json = dict[str, Any]
Reply = tuple[int, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message that Meta accepted `at` a moment of this machine's monotonic clock."""

    at: float
    number: str
    recipient: str
    kind: str
    text: str
    callback: str
    wamid: str


@dataclass(slots=True, kw_only=True)
class Quirk:
    """What Meta does, once, about a message of this kind that holds these words: refuse it, cut the wire, fail late."""

    words: str
    kind: str
    refused_with: int | None = None
    fails_with: int | None = None
    is_cut: bool = False


class Cut(Exception):
    """The connection ends here, without an answer."""


@dataclass(slots=True, kw_only=True)
class Meta:
    """State and rules; `graph.py` puts it on the wire. `delay` is how many seconds each answer to a send takes."""

    accounts: list[Account]
    delay: float = 0.0
    page_size: int = 2
    reporter: Reporter | None = None
    weather: Weather | None = None
    token_is_good: bool = True
    files: dict[str, bytes] = field(default_factory=dict)
    """By their ids: what people have sent."""
    taken: list[Taken] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    quirks: list[Quirk] = field(default_factory=list)
    _gate: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._gate.set()

    # What tests ask of it

    def refuse(self, words: str, code: int, kind: str = "text") -> None:
        self.quirks.append(Quirk(words=words, kind=kind, refused_with=code))

    def fail_later(self, words: str, code: int, kind: str = "text") -> None:
        """Accept it, and report that it failed."""
        self.quirks.append(Quirk(words=words, kind=kind, fails_with=code))

    def cut_the_answer_to(self, words: str, kind: str = "text") -> None:
        """Take it, and say nothing."""
        self.quirks.append(Quirk(words=words, kind=kind, is_cut=True))

    def hold_answers(self) -> None:
        """Take what comes, and let everybody wait for the answer."""
        self._gate.clear()

    def give_answers(self) -> None:
        self._gate.set()

    def heard(self) -> dict[str, list[str]]:
        """What each person was told, in order."""
        heard: dict[str, list[str]] = defaultdict(list)
        with self._lock:
            for taken in self.taken:
                heard[taken.recipient].append(taken.text)
        return dict(heard)

    def told(self, text: str) -> list[Taken]:
        """The messages with this very text."""
        with self._lock:
            return [taken for taken in self.taken if taken.text == text]

    # What Graph answers

    def allow(self, account: Account, authorization: str, proof: str) -> Reply | None:
        """A refusal, where the token is none of the account's or the proof is none of its app's."""
        if authorization != f"Bearer {account.token}" or not self.token_is_good:
            return error(190, http=401)
        if proof != appsecret_proof(account.token, account.app_secret):
            return error(100, details="Invalid appsecret_proof provided in the API argument")
        return None

    def send(self, account: Account, number: str, body: Json) -> Reply:
        """Raises `Cut` where there is to be no answer."""
        if body.get("status") == "read":
            self.receipts.append(str(body["message_id"]))
            return 200, {"success": True}
        quirk = self._quirk(body)
        code = quirk.refused_with or self._missing_template(account, body)
        if code:
            self.refused.append(code)
            return error(code, http=404 if code == 132001 else 400)
        taken = self._take(number, body)
        self._report(account, taken, quirk)
        if quirk.is_cut:
            raise Cut
        sleep(self.delay)
        self._gate.wait()
        return 200, accepted(body, taken)

    def read(self, account: Account, path: list[str], query: Mapping[str, str]) -> Reply:
        node, edge = path[0], "/".join(path[1:])
        numbers = [number_facts(*item) for item in account.numbers.items()]
        if node in account.numbers and not edge:
            return 200, next(facts for facts in numbers if facts["id"] == node)
        edges: dict[str, Callable[[], Json]] = {
            "": lambda: {"id": account.waba, "name": "Clinic", "owner_business_info": {"id": "340111222333444"}},
            "phone_numbers": lambda: self._page(numbers, query),
            "message_templates": lambda: self._page([template_facts(name) for name in account.templates], query),
            "subscribed_apps": lambda: {"data": [{"whatsapp_business_api_data": {"id": "731905518842217"}}]},
        }
        return (200, edges[edge]()) if node == account.waba and edge in edges else error(100, subcode=33)

    def account_of(self, node: str, authorization: str) -> Account | None:
        owned = (account for account in self.accounts if node == account.waba or node in account.numbers)
        own = (account for account in self.accounts if authorization == f"Bearer {account.token}")
        return next(owned, None) or next(own, None)

    def _quirk(self, body: Json) -> Quirk:
        kind, words = body["type"], said(body)
        with self._lock:
            for quirk in self.quirks:
                if quirk.kind == kind and quirk.words in words:
                    self.quirks.remove(quirk)
                    return quirk
        return Quirk(words="", kind=kind)

    @staticmethod
    def _missing_template(account: Account, body: Json) -> int | None:
        is_missing = body["type"] == "template" and body["template"]["name"] not in account.templates
        return 132001 if is_missing else None

    def _take(self, number: str, body: Json) -> Taken:
        taken = Taken(
            at=monotonic(),
            number=number,
            recipient=str(body.get("to") or body["recipient"]).removeprefix("+"),
            kind=body["type"],
            text=said(body),
            callback=body["biz_opaque_callback_data"],
            wamid=f"wamid.out.{uuid4().hex}",
        )
        with self._lock:
            self.taken.append(taken)
        return taken

    def _report(self, account: Account, taken: Taken, quirk: Quirk) -> None:
        if self.reporter is None:
            return
        for name in ("failed",) if quirk.fails_with else ("sent", "delivered"):
            self.reporter.report(
                account, taken.number, taken.wamid, name, taken.recipient, taken.callback, quirk.fails_with
            )

    def _page(self, items: list[Json], query: Mapping[str, str]) -> Json:
        start = int(query.get("after", "0"))
        end = start + self.page_size
        paging: Json = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(items):
            paging["next"] = "https://graph.facebook.example/next"
        return {"data": items[start:end], "paging": paging}


def said(body: Json) -> str:
    if body["type"] == "text":
        return str(body["text"]["body"])
    return str(body["template"]["components"][0]["parameters"][0]["text"])


def accepted(body: Json, taken: Taken) -> Json:
    key = "wa_id" if "to" in body else "user_id"
    contact = {"input": body.get("to") or body["recipient"], key: taken.recipient}
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": taken.wamid}]}


def error(code: int, *, http: int = 400, details: str = "details", subcode: int | None = None) -> Reply:
    refusal: Json = {"message": f"(#{code}) {details}", "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    refusal["error_data"] = {"messaging_product": "whatsapp", "details": details}
    if subcode is not None:
        refusal["error_subcode"] = subcode
    return http, {"error": refusal}


def number_facts(number: str, display: str) -> Json:
    return {
        "id": number,
        "display_phone_number": display,
        "verified_name": "Cape Clinic",
        "quality_rating": "GREEN",
        "status": "CONNECTED",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "is_on_biz_app": False,
    }


def template_facts(name: str) -> Json:
    body = {"type": "BODY", "text": "{{bot_message}}", "example": {"body_text_named_params": []}}
    return {
        "id": "994412345678901",
        "name": name,
        "language": "en",
        "status": "APPROVED",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [body],
    }
