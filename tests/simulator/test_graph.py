"""Graph, answered: our own client meets what Meta would say."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import time_machine
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from channels_app import clock
from channels_app.errors import AccessLost, WindowShut
from channels_app.gateways.base import Gateway
from channels_app.graph.client import GraphClient
from channels_app.graph.errors import GraphError, ProofInvalid, Refused
from channels_app.messages import Address, SendTemplate, SendText
from channels_app.models import Provider, Team
from channels_app.simulator import accounts
from channels_app.simulator.models import (
    Author,
    SimulatedChat,
    SimulatedMessage,
    SimulatedNumber,
    SimulatedPerson,
    SimulatedTemplate,
)
from tests.fixtures import make_provider
from tests.simulator.graph_calls import Graph

pytestmark = pytest.mark.django_db(transaction=True)

ClientOf = Callable[..., GraphClient]


def twice(body: dict[str, Any]) -> dict[str, Any]:
    """The same template, with its components given a second time."""
    body["template"]["components"] *= 2
    return body


@pytest.fixture
def open_chat(chat: SimulatedChat) -> SimulatedChat:
    """Thandi wrote a moment ago."""
    chat.wrote_at = clock.now()
    chat.save()
    return chat


def to(person: SimulatedPerson, **content: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": f"+{person.digits}", **content}


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def template(*parameters: Any, name: str = "new_bot_message", language: str = "en") -> dict[str, Any]:
    components = [{"type": "body", "parameters": list(parameters)}] if parameters else []
    return {
        "type": "template",
        "template": {"name": name, "language": {"code": language}, "components": components},
    }


def named(value: str, name: str = "bot_message") -> dict[str, Any]:
    return {"type": "text", "parameter_name": name, "text": value}


def code_of(call: Callable[[], object]) -> tuple[int, int | None]:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code, caught.value.subcode


class TestSending:
    def test_a_text_in_an_open_window_is_on_the_phone(self, gateway: Gateway, open_chat: SimulatedChat) -> None:
        number, person = open_chat.number, open_chat.person
        sent = gateway.send(number.phone_number_id, Address(wa_id=person.digits), SendText(body="Yes"), "ours")
        shown = SimulatedMessage.objects.get(wamid=sent.external_id)
        assert (shown.chat_id, shown.author, shown.text, shown.callback) == (open_chat.pk, "number", "Yes", "ours")
        assert sent.recipient.wa_id == person.digits

    def test_a_text_in_a_closed_window_is_refused(self, gateway: Gateway, open_chat: SimulatedChat) -> None:
        address = Address(wa_id=open_chat.person.digits)
        with time_machine.travel(clock.now().timestamp() + 24 * 3600), pytest.raises(WindowShut) as caught:
            gateway.send(open_chat.number.phone_number_id, address, SendText(body="Too late"), "")
        assert caught.value.problem.code == 131047

    def test_a_template_crosses_a_closed_window(self, gateway: Gateway, chat: SimulatedChat) -> None:
        filled = SendTemplate(name="new_bot_message", language="en", parameters=(("bot_message", "Good news"),))
        gateway.send(chat.number.phone_number_id, Address(wa_id=chat.person.digits), filled, "")
        shown = SimulatedMessage.objects.get()
        assert (shown.template, shown.text) == (
            "new_bot_message",
            "You have a new message: Good news\n\nReply to continue.",
        )

    def test_a_person_is_reached_by_their_user_id(self, gateway: Gateway, open_chat: SimulatedChat) -> None:
        address = Address(user_id=open_chat.person.user_id)
        sent = gateway.send(open_chat.number.phone_number_id, address, SendText(body="Hi"), "")
        assert sent.recipient == address
        assert SimulatedMessage.objects.get().chat_id == open_chat.pk

    def test_whoever_has_a_phone_number_can_be_written_to(self, client_of: ClientOf, number: SimulatedNumber) -> None:
        body = {"messaging_product": "whatsapp", "to": "+27 83 123 4567", **template(named("Hello"))}
        assert client_of().send_message(number.phone_number_id, body).wa_id == "27831234567"
        assert SimulatedPerson.objects.filter(digits="27831234567", name="+27 83 123 4567").exists()

    @pytest.mark.parametrize(("content", "code"), [(text("Hi"), 131047), (text(""), 131008), (template(), 132000)])
    def test_whoever_was_never_heard_of_is_nobody_where_the_message_is_refused(
        self, client_of: ClientOf, number: SimulatedNumber, content: dict[str, Any], code: int
    ) -> None:
        body = {"messaging_product": "whatsapp", "to": "+27 83 123 4567", **content}
        assert code_of(lambda: client_of().send_message(number.phone_number_id, body))[0] == code
        assert not SimulatedPerson.objects.filter(digits="27831234567").exists()

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (text(""), 131008),
            (text(" \n"), 131008),
            (text("x" * 4097), 100),
            ({"type": "text"}, 131008),
            ({"type": "carrier_pigeon", "carrier_pigeon": {"name": "Ada"}}, 100),
            ({"type": "image", "image": {"id": "1"}}, 100),
            (text("Hi") | {"to": "nobody"}, 131009),
            (text("Hi") | {"to": ""}, 131008),
            (text("Hi") | {"to": "", "recipient": "US.1"}, 131026),
            (text("Hi") | {"to": "", "recipient": "somebody"}, 131009),
            (text("Hi") | {"messaging_product": "telegraph"}, 100),
            (text("Hi") | {"biz_opaque_callback_data": "x" * 513}, 100),
            ({"status": "delivered", "message_id": "wamid.1"}, 100),
            ({"status": "read", "message_id": "wamid.1"}, 131009),
            (template(), 132000),
            (template(named("a"), named("b")), 132000),
            (twice(template(named("a"))), 100),
            (template(named("a"), name="hello_world"), 132001),
            (template(named("a"), language="en_US"), 132001),
            (template(named("a", name="other")), 132012),
            (template({"type": "currency", "parameter_name": "bot_message"}), 132012),
            (template(named("two\nlines")), 132018),
            (template(named("a\tb")), 132018),
            (template(named("a     b")), 132018),
            (template(named(" ")), 132018),
            (template(named("x" * 990)), 132005),
        ],
    )
    def test_what_breaks_a_rule_gets_metas_code(
        self, client_of: ClientOf, open_chat: SimulatedChat, content: dict[str, Any], code: int
    ) -> None:
        body = to(open_chat.person) | content
        assert code_of(lambda: client_of().send_message(open_chat.number.phone_number_id, body))[0] == code
        assert not SimulatedMessage.objects.exists()

    @pytest.mark.parametrize("length", [1, 4096])
    def test_what_keeps_the_rules_is_taken(self, client_of: ClientOf, open_chat: SimulatedChat, length: int) -> None:
        body = to(open_chat.person, **text("ü" * length))
        assert client_of().send_message(open_chat.number.phone_number_id, body).wamid

    def test_a_number_does_not_write_to_itself(self, client_of: ClientOf, number: SimulatedNumber) -> None:
        body = {"messaging_product": "whatsapp", "to": number.digits, **text("Hi")}
        assert code_of(lambda: client_of().send_message(number.phone_number_id, body))[0] == 131021

    @pytest.mark.parametrize(("status", "code"), [("PAUSED", 132015), ("DISABLED", 132016), ("PENDING", 132001)])
    def test_a_template_that_is_not_approved_is_refused(
        self, client_of: ClientOf, chat: SimulatedChat, status: str, code: int
    ) -> None:
        SimulatedTemplate.objects.update(status=status)
        body = to(chat.person, **template(named("Hi")))
        assert code_of(lambda: client_of().send_message(chat.number.phone_number_id, body))[0] == code


class TestReceipts:
    @pytest.fixture
    def asked(self, open_chat: SimulatedChat) -> SimulatedMessage:
        return SimulatedMessage.objects.create(
            chat=open_chat, number=open_chat.number, author=Author.PERSON, wamid="wamid.asked", type="text", text="?"
        )

    def test_the_person_sees_us_typing_until_the_answer_comes(self, gateway: Gateway, asked: SimulatedMessage) -> None:
        chat, number_id = asked.chat, asked.number.phone_number_id
        gateway.mark_read(number_id, asked.wamid, typing=True)
        chat.refresh_from_db()
        asked.refresh_from_db()
        assert chat.typing_until is not None
        assert asked.read_at is not None
        gateway.send(number_id, Address(wa_id=chat.person.digits), SendText(body="!"), "")
        gateway.mark_read(number_id, asked.wamid, typing=True)
        chat.refresh_from_db()
        assert chat.typing_until is None


class TestAccess:
    def test_an_unknown_token_is_refused(self, client_of: ClientOf, provider: Provider) -> None:
        assert code_of(lambda: client_of(token="not-ours").waba(provider.waba_id))[0] == 190

    def test_an_unknown_token_holds_what_is_sent(self, gateway: Gateway, chat: SimulatedChat, team: Team) -> None:
        Provider.objects.filter(team=team).update(access_token="another")
        with pytest.raises(AccessLost):
            gateway.send(chat.number.phone_number_id, Address(wa_id=chat.person.digits), SendText(body="Hi"), "")

    def test_a_proof_made_with_another_secret_is_refused(self, client_of: ClientOf, provider: Provider) -> None:
        with pytest.raises(ProofInvalid):
            client_of(app_secret="another").waba(provider.waba_id)

    def test_a_call_without_proof_is_answered(self, client_of: ClientOf, provider: Provider) -> None:
        assert client_of(app_secret=None).waba(provider.waba_id).id == provider.waba_id

    def test_the_account_of_another_team_does_not_exist(
        self, client_of: ClientOf, number: SimulatedNumber, other_team: Team
    ) -> None:
        make_provider(other_team, waba_id="sim-2", kind="simulated")
        theirs = client_of(token="token-of-bakery", app_secret=None)
        assert code_of(lambda: theirs.phone_numbers("sim-1")) == (100, 33)
        assert code_of(lambda: theirs.phone_number(number.phone_number_id)) == (100, 33)

    def test_two_teams_may_name_the_same_account_and_have_one_each(
        self, client_of: ClientOf, number: SimulatedNumber, other_team: Team
    ) -> None:
        make_provider(other_team, waba_id="sim-1", kind="simulated")
        theirs = client_of(token="token-of-bakery", app_secret=None).phone_numbers("sim-1")
        ours = client_of().phone_numbers("sim-1")
        assert not {each.id for each in theirs} & {each.id for each in ours}

    def test_a_bad_token_asked_about_is_no_error(self, client_of: ClientOf) -> None:
        assert client_of().debug_token().is_valid
        assert not client_of().debug_token("not-ours").is_valid


class TestAsking:
    def test_numbers_come_in_pages(self, client_of: ClientOf, provider: Provider) -> None:
        account = accounts.account_of(provider)
        for _ in range(101):
            accounts.add_number(account)
        found = client_of().phone_numbers(provider.waba_id)
        assert len({each.id for each in found}) == account.numbers.count() == 104

    def test_two_teams_with_the_same_secrets_see_nothing_of_each_other(
        self, graph: Graph, client_of: ClientOf, provider: Provider, other_team: Team
    ) -> None:
        other = make_provider(other_team, waba_id="sim-1", kind="simulated", app_secret="another")
        other.access_token = provider.access_token
        other.save()
        for each in (provider, other):
            (number, *_) = client_of(app_secret=each.app_secret).phone_numbers("sim-1")
            owner = SimulatedNumber.objects.get(phone_number_id=number.id).account.team_id
            assert owner == each.team_id
        assert (graph.get("sim-1").code, graph.get("sim-1").status) == (190, 401)
        assert "Several teams" in graph.get("sim-1").error["message"]

    def test_a_page_says_where_the_next_one_is(self, wired: LiveServer, provider: Provider) -> None:
        headers = {"Authorization": f"Bearer {provider.access_token}"}
        url = f"{wired.url}/simulator/graph/v25.0/{provider.waba_id}/phone_numbers?limit=2"
        first = requests.get(url, headers=headers, timeout=30).json()
        second = requests.get(first["paging"]["next"], headers=headers, timeout=30).json()
        assert [len(page["data"]) for page in (first, second)] == [2, 1]
        assert "next" not in second["paging"]

    def test_a_field_that_is_not_there_fails_the_call(self, wired: LiveServer, provider: Provider) -> None:
        url = f"{wired.url}/simulator/graph/v25.0/{provider.waba_id}?fields=id,shoe_size"
        answer = requests.get(url, headers={"Authorization": f"Bearer {provider.access_token}"}, timeout=30)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)

    def test_the_template_is_found_by_its_name(self, client_of: ClientOf, provider: Provider) -> None:
        (found,) = client_of().templates(provider.waba_id, "new_bot_message")
        assert (found.status, found.language, found.parameter_format) == ("APPROVED", "en", "NAMED")

    def test_a_check_up_finds_nothing_wrong(self, gateway: Gateway, number: SimulatedNumber, settings: Any) -> None:
        checks = gateway.check(f"{settings.SITE_URL}/api/channels/meta/")
        assert [check for check in checks if check.status != "ok"] == []
        assert len(checks) >= 6

    def test_an_account_without_app_says_so(self, client_of: ClientOf, wired: LiveServer, provider: Provider) -> None:
        url = f"{wired.url}/simulator/graph/v25.0/{provider.waba_id}/subscribed_apps"
        headers = {"Authorization": f"Bearer {provider.access_token}"}
        assert requests.delete(url, headers=headers, timeout=30).json() == {"success": True}
        assert client_of().subscribed_apps(provider.waba_id) == []
        assert requests.post(url, headers=headers, timeout=30).json() == {"success": True}
        assert len(client_of().subscribed_apps(provider.waba_id)) == 1


class TestOddCalls:
    @pytest.mark.parametrize(
        ("method", "path", "body", "code"),
        [
            ("GET", "v25.0/sim-1/shoes", None, 2500),
            ("POST", "v25.0/sim-1/phone_numbers", "{}", 100),
            ("GET", "v25.0/sim-404", None, 100),
            ("GET", "latest/sim-1", None, 2500),
            ("GET", "v99.0/sim-1", None, 2500),
            ("GET", "v19.0/sim-1", None, 2500),
            ("GET", "", None, 2500),
            ("GET", "v25.0/", None, 100),
            ("GET", "v25.0", None, 100),
            ("GET", "sim-404", None, 100),
            ("POST", "foo/sim-1/messages", "{}", 2500),
            ("GET", "v25.0/sim-1%00", None, 2500),
            ("PATCH", "v25.0/sim-1", "{}", 100),
            ("GET", "v25.0/sim-1/phone_numbers?limit=0", None, 100),
            ("GET", "v25.0/sim-1/phone_numbers?after=elsewhere", None, 100),
            ("POST", "v25.0/sim-1/messages", "{}", 100),
            ("GET", "v25.0/debug_token", None, 100),
        ],
    )
    def test_what_it_does_not_know_gets_metas_error(
        self, wired: LiveServer, provider: Provider, method: str, path: str, body: str | None, code: int
    ) -> None:
        headers = {"Authorization": f"Bearer {provider.access_token}"}
        answer = requests.request(method, f"{wired.url}/simulator/graph/{path}", data=body, headers=headers, timeout=30)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == code

    @pytest.mark.urls("ocs_meta.simulator_urls")
    @pytest.mark.parametrize("path", ["/foo/100/messages", "/v3/100/messages/", "/v99.0/100", "/foo/100"])
    def test_where_metas_side_stands_alone_an_odd_version_gets_metas_error(self, path: str) -> None:
        answer = Client(enforce_csrf_checks=True).post(path, {}, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 2500)

    @pytest.mark.parametrize(
        "body", ["", "[]", "{", "NaN", '{"a": "\\ud800"}', '{"a": "\\u0000"}', "[" * 100_000, f'"{"x" * 5_000_000}"']
    )
    def test_a_body_that_is_no_object_is_refused(
        self, wired: LiveServer, provider: Provider, number: SimulatedNumber, body: str
    ) -> None:
        url = f"{wired.url}/simulator/graph/v25.0/{number.phone_number_id}/messages"
        answer = requests.post(url, data=body, headers={"Authorization": f"Bearer {provider.access_token}"}, timeout=30)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)

    def test_without_a_version_the_newest_is_meant(self, wired: LiveServer, provider: Provider) -> None:
        headers = {"Authorization": f"Bearer {provider.access_token}"}
        accounts.account_of(provider)
        answer = requests.get(f"{wired.url}/simulator/graph/sim-1/phone_numbers", headers=headers, timeout=30)
        assert len(answer.json()["data"]) == 3

    def test_without_a_token_nothing_is_told(self, wired: LiveServer) -> None:
        answer = requests.get(f"{wired.url}/simulator/graph/v25.0/sim-1", timeout=30)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, 104)

    def test_an_error_has_metas_shape(self, client_of: ClientOf, wired: LiveServer, provider: Provider) -> None:
        url = f"{wired.url}/simulator/graph/v25.0/sim-404?access_token={provider.access_token}"
        error = json.loads(requests.get(url, timeout=30).text)["error"]
        assert error["type"] == "GraphMethodException"
        assert error["error_subcode"] == 33
        assert error["fbtrace_id"]
        with pytest.raises(GraphError):
            client_of().waba("sim-404")
