"""People, their teams, a number on WhatsApp, and Meta at the far end of the wire."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

import pytest
import responses
from django.test import Client
from rest_framework.test import APIClient

from channels_app import clock, mailboxes, pulses, working
from channels_app.fields import keyed_hashes
from channels_app.graph.signature import sign
from channels_app.inbound import account, intake, refusals, routing
from channels_app.models import (
    ApiKey,
    Bot,
    Channel,
    Direction,
    Membership,
    Message,
    Provider,
    Role,
    Team,
    User,
    known,
)
from channels_app.outbound import pacing, statuses
from tests.simulator.attachments import PDF, png

GRAPH = "https://graph.facebook.com/v25.0"
WABA = "104216845993017"
NUMBER = "118930421775604"
PERSON = "27831234567"
APP_SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """What a process remembers does not outlive a test, nor does it go on renewing what a test left held."""
    routing.routing.__init__()  # type: ignore[misc]
    refusals._gathering.__init__()  # type: ignore[misc]
    intake.tally.__init__()  # type: ignore[misc]
    pulses.messages_came.__init__("last_message_at")  # type: ignore[misc]
    pulses.statuses_came.__init__("last_status_at")  # type: ignore[misc]
    pacing._pace.cache_clear()
    yield
    mailboxes.let_expire(list(mailboxes._leases._held.values()))


def person(email: str, team: Team | None = None, role: Role = Role.VIEWER) -> User:
    user = User.objects.create_user(email, "correct horse battery")
    if team is not None:
        Membership.objects.create(team=team, user=user, role=role)
    return user


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Cape Clinic", slug="clinic")


@pytest.fixture
def other_team(db: None) -> Team:
    return Team.objects.create(name="Bakery", slug="bakery")


@pytest.fixture
def alice(team: Team) -> User:
    """An admin of the team."""
    return person("alice@example.org", team, Role.ADMIN)


@pytest.fixture
def bob(team: Team) -> User:
    """A viewer in the team."""
    return person("bob@example.org", team, Role.VIEWER)


@pytest.fixture
def charlie(other_team: Team) -> User:
    """An owner of another team."""
    return person("charlie@example.org", other_team, Role.OWNER)


def make_provider(team: Team, waba_id: str = WABA, app_secret: str = APP_SECRET, **fields: Any) -> Provider:
    return Provider.objects.create(
        team=team,
        name=f"WhatsApp of {team}",
        waba_id=waba_id,
        portfolio=f"waba:{waba_id}",
        access_token=f"token-of-{team.slug}",
        app_secret=app_secret,
        verify_token=f"verify-{team.slug}",
        verify_token_hash=keyed_hashes(f"verify-{team.slug}")[0],
        **fields,
    )


def make_channel(provider: Provider, phone_number_id: str = NUMBER, **fields: Any) -> Channel:
    bot = fields.pop("bot", None) or Bot.objects.create(team=provider.team, name="Echo", engine="echo")
    return Channel.objects.create(
        team=provider.team,
        provider=provider,
        bot=bot,
        name="Front desk",
        phone_number=fields.pop("phone_number", "+27600551234"),
        phone_number_id=phone_number_id,
        throughput=1000,
        **fields,
    )


@pytest.fixture
def provider(team: Team) -> Provider:
    return make_provider(team)


@pytest.fixture
def channel(provider: Provider) -> Channel:
    return make_channel(provider)


def text(body: str = "Hello", wamid: str = "wamid.in.1", *, sender: str = PERSON, at: float | None = None) -> Any:
    """One item of `messages[]`, sent `at` seconds since the epoch, or now."""
    seconds = int(clock.now().timestamp() if at is None else at)
    return {"from": sender, "id": wamid, "timestamp": str(seconds), "type": "text", "text": {"body": body}}


def item(kind: str, content: Any, wamid: str = "wamid.in.1") -> Any:
    """One item of `messages[]` that is no text."""
    return {key: value for key, value in text(wamid=wamid).items() if key != "text"} | {"type": kind, kind: content}


def nameless(body: str = "Hello", wamid: str = "wamid.in.1", *, user_id: str) -> Any:
    """A text from somebody whose number we may not see."""
    return {key: value for key, value in text(body, wamid).items() if key != "from"} | {"from_user_id": user_id}


def status(wamid: str, name: str = "sent", *, errors: list[Any] | None = None, callback: str = "") -> Any:
    """One item of `statuses[]`."""
    item: dict[str, Any] = {"id": wamid, "status": name, "timestamp": str(int(clock.now().timestamp()))}
    item["recipient_id"] = PERSON
    if errors:
        item["errors"] = errors
    if callback:
        item["biz_opaque_callback_data"] = callback
    return item


WINDOW_SHUT = {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "More than 24 hours."}}


def change(*messages: Any, number: str = NUMBER, statuses: list[Any] | None = None) -> Any:
    value: dict[str, Any] = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}}
    if messages:
        value["messages"] = list(messages)
        value["contacts"] = [
            {"profile": {"name": "Thandi M"}, "wa_id": message["from"]} for message in messages if "from" in message
        ]
    if statuses:
        value["statuses"] = statuses
    return {"field": "messages", "value": value}


def notification(*changes: Any, waba: str = WABA) -> Any:
    return {"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": list(changes)}]}


Post = Callable[..., Any]
Work = Callable[[], None]


@pytest.fixture
def post(client: Client) -> Post:
    """Post a notification to the webhook as Meta does: signed over its bytes."""

    def post_signed(body: Any, secret: str = APP_SECRET, signature: str | None = None) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        header = sign(raw, secret) if signature is None else signature
        return client.post(
            "/api/channels/meta/", raw, content_type="application/json", headers={"X-Hub-Signature-256": header}
        )

    return post_signed


FILES = {"pdf": PDF, "mp3": b"ID3\4\0\0\0\0\0\0", "map": png()}


@dataclass
class FakeGraph:
    """Meta's answers to our calls, and what it was asked. Without `answers` left, every message is accepted.

    It has none of the files that people send, and keeps ours as "8800". On the web there are some, at example.org.
    """

    wire: responses.RequestsMock
    answers: list[tuple[int, Any]] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    receipts: list[Any] = field(default_factory=list)
    count: int = 0

    def take(self, request: Any) -> tuple[int, dict[str, str], str]:
        body = json.loads(request.body)
        if body.get("status") == "read":
            self.receipts.append(body)
            return 200, {}, '{"success": true}'
        self.asked.append(body)
        self.count += 1
        answer = self.answers.pop(0) if self.answers else (200, self.accept(body))
        if isinstance(answer[1], BaseException):
            raise answer[1]
        return answer[0], {}, json.dumps(answer[1]) if answer[1] is not None else ""

    def accept(self, body: Any, wamid: str = "") -> Any:
        to = str(body.get("to", "")).removeprefix("+")
        contact = {"input": to, "wa_id": to} if to else {"input": body["recipient"], "user_id": body["recipient"]}
        sent = {"id": wamid or f"wamid.out.{self.count}"}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]}

    @property
    def texts(self) -> list[str]:
        """What was said, whichever way."""
        return [said(body) for body in self.asked]

    @property
    def types(self) -> list[str]:
        return [body["type"] for body in self.asked]


def said(body: Any) -> str:
    if body["type"] == "text":
        return str(body["text"]["body"])
    if body["type"] != "template":
        return str(body["type"])
    return str(body["template"]["components"][0]["parameters"][0]["text"])


def refusal(code: int, http: int = 400, **more: Any) -> tuple[int, Any]:
    details = more.pop("details", "details")
    error = {"message": f"(#{code}) refused", "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    return http, {"error": error | {"error_data": {"details": details}} | more}


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        fake = FakeGraph(wire)
        wire.add_callback(responses.POST, f"{GRAPH}/{NUMBER}/messages", callback=fake.take)
        wire.post(f"{GRAPH}/{NUMBER}/media", json={"id": "8800"})
        for ending, content in FILES.items():
            wire.get(re.compile(rf"https://example\.org/.*{ending}$"), body=content)
        http, body = refusal(131052)
        wire.get(re.compile(rf"{GRAPH}/[^/?]+\?.*phone_number_id="), json=body, status=http)
        yield fake


def ours() -> list[Message]:
    """The messages we sent or mean to, in order."""
    return list(Message.objects.filter(direction=Direction.OUTBOUND).order_by("id"))


def theirs() -> Message:
    """The one message that came in."""
    return Message.objects.get(direction=Direction.INBOUND)


def error_of(message: Message) -> dict[str, Any]:
    """What is told of a message's failure."""
    assert message.error is not None
    return dict(message.error)


def eventually(look: Callable[[], Any], within: float = 20.0) -> Any:
    """What `look` sees, as soon as it sees something; its last look after `within` seconds."""
    until = monotonic() + within
    while not (seen := look()) and monotonic() < until:
        sleep(0.01)
    return seen


@pytest.fixture
def work() -> Callable[[], None]:
    """Do what the workers do, here and now, until nothing is due."""

    def work_now() -> None:
        known.channels.forget()
        for _ in range(50):
            if not any((working.work_off(), statuses.apply(), account.read_news())):
                return
        raise AssertionError("There is always more to do")

    return work_now


@pytest.fixture
def bot(team: Team) -> Bot:
    return Bot.objects.create(team=team, name="Echo", engine="echo")


def client_of(team: Team) -> APIClient:
    """A program of `team`, at the API."""
    _, key = ApiKey.make(team)
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {key}")


@pytest.fixture
def api(team: Team) -> APIClient:
    return client_of(team)


@pytest.fixture
def other_api(other_team: Team) -> APIClient:
    return client_of(other_team)


def own_number(shown: str = "+27 60 055 1234", number_id: str = NUMBER, **more: Any) -> dict[str, Any]:
    """A number as Meta lists it."""
    return {"id": number_id, "display_phone_number": shown, "verified_name": "Cape Clinic", **more}


def list_numbers(graph: FakeGraph, *numbers: Any, waba: str = WABA, refused: tuple[int, Any] | None = None) -> None:
    """Have Meta list `numbers` for the account from here on, or refuse to."""
    url = f"{GRAPH}/{waba}/phone_numbers"
    graph.wire.remove(responses.GET, url)
    http, body = refused or (200, {"data": list(numbers)})
    if isinstance(body, Exception):
        graph.wire.get(url, body=body)
    else:
        graph.wire.get(url, json=body, status=http)
