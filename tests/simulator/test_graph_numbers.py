"""Numbers: verified, registered, described, blocked people and all; and where their webhooks go."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from channels_app import clock
from channels_app.models import Provider
from channels_app.simulator import callbacks, people
from channels_app.simulator.models import SimulatedAccount, SimulatedChat, SimulatedNumber, SimulatedSubscription
from tests.fixtures import APP_SECRET
from tests.simulator.graph_calls import Graph

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]


class TestRegistering:
    @pytest.fixture
    def new(self, graph: Graph, number: SimulatedNumber) -> str:
        """The id of a number that was just added, +1 555 078 3881."""
        body = {"cc": "1", "phone_number": "555-078-3881", "verified_name": "Cape Clinic"}
        return str(graph.post("sim-1/phone_numbers", body).body["id"])

    def test_a_number_goes_all_the_way(self, graph: Graph, new: str) -> None:
        fields = "status,code_verification_status,platform_type,is_pin_enabled"
        assert graph.get(new, fields=fields).body == {
            "status": "PENDING",
            "code_verification_status": "NOT_VERIFIED",
            "platform_type": "NOT_APPLICABLE",
            "is_pin_enabled": False,
            "id": new,
        }
        pin = {"messaging_product": "whatsapp", "pin": "123456"}
        assert graph.post(f"{new}/register", pin).code == 133006
        assert graph.post(f"{new}/request_code", data={"code_method": "SMS", "language": "en_US"}).status == 200
        assert graph.post(f"{new}/verify_code", {"code": "000000"}).code == 131009
        assert graph.post(f"{new}/verify_code", data={"code": "783-881"}).status == 200
        assert graph.post(f"{new}/request_code", {"code_method": "SMS", "language": "en_US"}).code == 136024
        assert graph.post(f"{new}/register", pin).body == {"success": True}
        assert graph.get(new, fields=fields).body == {
            "status": "CONNECTED",
            "code_verification_status": "VERIFIED",
            "platform_type": "CLOUD_API",
            "is_pin_enabled": True,
            "id": new,
        }

    def test_the_pin_must_be_the_one_that_is_set(self, graph: Graph, number: SimulatedNumber) -> None:
        path = number.phone_number_id
        body = {"messaging_product": "whatsapp", "pin": "123456"}
        assert graph.post(f"{path}/register", body).status == 200
        assert graph.post(f"{path}/deregister").status == 200
        assert graph.post(f"{path}/register", body | {"pin": "654321"}).code == 133005
        assert graph.post(path, {"pin": "654321"}).status == 200
        assert graph.post(f"{path}/register", body | {"pin": "654321"}).status == 200

    def test_ten_times_in_72_hours_is_enough(self, graph: Graph, number: SimulatedNumber) -> None:
        path = f"{number.phone_number_id}/register"
        body = {"messaging_product": "whatsapp", "pin": "123456"}
        assert [graph.post(path, body).code for _ in range(11)] == [0] * 10 + [133016]
        with time_machine.travel((clock.now() + timedelta(hours=73)).timestamp()):
            assert graph.post(path, body).code == 0

    @pytest.mark.parametrize(
        ("edge", "body"),
        [
            ("/register", {"pin": "123456"}),
            ("/register", {"messaging_product": "whatsapp"}),
            ("/register", {"messaging_product": "whatsapp", "pin": "12345"}),
            ("/register", {"messaging_product": "whatsapp", "pin": "123456", "colour": "red"}),
            ("", {}),
            ("", {"pin": "abcdef"}),
            ("", {"colour": "red"}),
            ("", {"new_display_name": "x"}),
            ("/verify_code", {}),
        ],
    )
    def test_what_is_malformed_is_refused(self, graph: Graph, number: SimulatedNumber, edge: str, body: Json) -> None:
        assert graph.post(f"{number.phone_number_id}{edge}", body).code == 100

    def test_one_that_is_not_registered_is_not_healthy(self, graph: Graph, number: SimulatedNumber) -> None:
        SimulatedNumber.objects.update(status="PENDING")
        health = graph.get(number.phone_number_id, fields="health_status").body["health_status"]
        assert health["can_send_message"] == "BLOCKED"
        assert [entity["entity_type"] for entity in health["entities"]] == ["PHONE_NUMBER", "WABA", "BUSINESS", "APP"]
        assert [entity["can_send_message"] for entity in health["entities"]] == ["BLOCKED"] + ["AVAILABLE"] * 3

    def test_a_number_belongs_to_one_account(self, graph: Graph, new: str) -> None:
        body = {"cc": "1", "phone_number": "5550783881", "verified_name": "Another"}
        assert graph.post("sim-1/phone_numbers", body).code == 100


class TestProfile:
    def test_it_is_told_as_it_was_set(self, graph: Graph, number: SimulatedNumber) -> None:
        path = f"{number.phone_number_id}/whatsapp_business_profile"
        about = {"about": "We answer.", "websites": ["https://example.org/"], "vertical": "HEALTH"}
        assert graph.post(path, {"messaging_product": "whatsapp", **about}).body == {"success": True}
        found = graph.get(path, fields="about,websites,vertical,email").body
        assert found == {"data": [about | {"messaging_product": "whatsapp"}]}

    @pytest.mark.parametrize(
        "change",
        [
            {"about": "x" * 140},
            {"about": " "},
            {"address": "x" * 257},
            {"description": "x" * 513},
            {"email": "x" * 129},
            {"email": "nobody"},
            {"websites": ["https://example.org/"] * 3},
            {"websites": ["example.org"]},
            {"vertical": "SHOES"},
            {"colour": "red"},
            {"messaging_product": "fax"},
        ],
    )
    def test_what_breaks_a_limit_is_refused(self, graph: Graph, number: SimulatedNumber, change: Json) -> None:
        path = f"{number.phone_number_id}/whatsapp_business_profile"
        assert graph.post(path, {"messaging_product": "whatsapp"} | change).code == 100
        assert graph.get(path, fields="shoe_size").code == 100


class TestBlocking:
    def test_whoever_wrote_lately_can_be_blocked(self, graph: Graph, chat: SimulatedChat) -> None:
        SimulatedChat.objects.update(wrote_at=clock.now())
        sipho = people.add(chat.number.account.team_id, "Sipho", "27825550100")
        path = f"{chat.number.phone_number_id}/block_users"
        users = [{"user": f"+{chat.person.digits}"}, {"user_id": sipho.user_id}]
        answer = graph.post(path, {"messaging_product": "whatsapp", "block_users": users})
        assert answer.code == 139100
        (added,), (failed,) = (answer.body["block_users"][key] for key in ("added_users", "failed_users"))
        assert added["wa_id"] == chat.person.digits
        assert (failed["input"], failed["errors"][0]["code"]) == (sipho.user_id, 131047)
        assert [each["wa_id"] for each in graph.get(path).body["data"]] == [chat.person.digits]
        assert graph.delete(path, {"messaging_product": "whatsapp", "block_users": users[:1]}).status == 200
        assert graph.get(path).body == {"data": []}
        assert graph.post(path, {"messaging_product": "whatsapp"}).code == 100


class Callback:
    """A webhook's far end: what it was asked, and whether it knows the token."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Json] = []

    def take(self, request: Request) -> Response:
        self.asked.append(request.args.to_dict())
        if request.args["hub.verify_token"] != "ours":
            return Response(status=403)
        return Response(request.args["hub.challenge"] if request.path == "/hook/" else "Welcome!")


@pytest.fixture
def callback(httpserver: HTTPServer, settings: Any) -> Iterator[Callback]:
    made = Callback(httpserver.url_for("/hook/"))
    httpserver.expect_request("/hook/").respond_with_handler(made.take)
    httpserver.expect_request("/page/").respond_with_handler(made.take)
    settings.SIMULATOR_WEBHOOK_URL = made.url
    yield made
    assert not SimulatedAccount.objects.filter(override_callback__startswith="https://elsewhere").exists()


class TestCallbacks:
    @pytest.fixture
    def app(self, graph: Graph) -> Graph:
        """Graph, called with the app's own token."""
        return Graph(base=graph.base, token=f"sim-app|{APP_SECRET}")

    def test_the_narrowest_address_wins(
        self, graph: Graph, provider: Provider, number: SimulatedNumber, callback: Callback
    ) -> None:
        override = {"override_callback_uri": callback.url, "verify_token": "ours"}
        assert graph.post("sim-1/subscribed_apps", override).body == {"success": True}
        assert callback.asked[0]["hub.mode"] == "subscribe"
        assert graph.get("sim-1/subscribed_apps").body["data"][0]["override_callback_uri"] == callback.url
        number.account.refresh_from_db()
        assert callbacks.address_for(provider, number) == callback.url
        assert callbacks.address_for(provider, number, "account_update") == "http://testserver/api/channels/meta/"
        narrower = override | {"override_callback_uri": f"{callback.url}?narrow=1"}
        assert graph.post(number.phone_number_id, {"webhook_configuration": narrower}).status == 200
        assert graph.get(number.phone_number_id, fields="webhook_configuration").body["webhook_configuration"] == {
            "phone_number": f"{callback.url}?narrow=1",
            "whatsapp_business_account": callback.url,
            "application": "http://testserver/api/channels/meta/",
        }
        number.refresh_from_db()
        assert callbacks.address_for(provider, number) == f"{callback.url}?narrow=1"

    def test_overrides_are_cleared_by_leaving_them_out(
        self, graph: Graph, number: SimulatedNumber, callback: Callback
    ) -> None:
        SimulatedAccount.objects.update(override_callback=callback.url)
        SimulatedNumber.objects.update(override_callback=callback.url)
        assert graph.post("sim-1/subscribed_apps").status == 200
        cleared = {"webhook_configuration": {"override_callback_uri": ""}}
        assert graph.post(number.phone_number_id, cleared).status == 200
        found = graph.get(number.phone_number_id, fields="webhook_configuration").body["webhook_configuration"]
        assert list(found) == ["application"]
        assert callback.asked == []

    @pytest.mark.parametrize(
        ("address", "token", "code"),
        [
            ("{}", "theirs", 2200),
            ("{}", "", 100),
            ("{}?" + "x" * 200, "ours", 100),
            ("https://elsewhere.example.org/hook/", "ours", 2200),
            ("http://127.0.0.1:1/hook/", "ours", 2200),
            ("http://[", "ours", 2200),
            ("{}/../page/", "ours", 2200),
        ],
    )
    def test_an_address_that_does_not_answer_is_not_saved(
        self, graph: Graph, number: SimulatedNumber, callback: Callback, address: str, token: str, code: int
    ) -> None:
        body = {"override_callback_uri": address.format(callback.url), "verify_token": token}
        answer = graph.post("sim-1/subscribed_apps", body)
        assert answer.code == code
        assert "elsewhere" not in address or "calls nobody but its own installation" in answer.error["message"]
        assert not SimulatedAccount.objects.exclude(override_callback="").exists()

    def test_fields_that_are_none_are_refused(self, app: Graph, number: SimulatedNumber, callback: Callback) -> None:
        body = {"object": "whatsapp_business_account", "callback_url": callback.url, "verify_token": "ours"}
        answer = app.post("sim-app/subscriptions", {**body, "fields": "messages,weather"})
        assert (answer.code, "weather" in answer.error["message"]) == (100, True)

    def test_the_apps_address_is_set_read_and_ended(
        self, app: Graph, provider: Provider, number: SimulatedNumber, callback: Callback
    ) -> None:
        (usual,) = app.get("sim-app/subscriptions").body["data"]
        assert usual["callback_url"] == "http://testserver/api/channels/meta/"
        body = {"object": "whatsapp_business_account", "callback_url": callback.url, "verify_token": "ours"}
        assert app.post("sim-app/subscriptions", data=body | {"fields": "messages,account_update"}).status == 200
        (own,) = app.get("sim-app/subscriptions").body["data"]
        assert (own["callback_url"], [field["name"] for field in own["fields"]]) == (
            callback.url,
            ["messages", "account_update"],
        )
        assert callbacks.address_for(provider, number) == callback.url
        assert callbacks.address_for(provider, None, "message_template_status_update") == ""
        assert app.delete("sim-app/subscriptions", object="whatsapp_business_account").status == 200
        assert app.get("sim-app/subscriptions").body == {"data": []}
        assert callbacks.address_for(provider, number) == ""

    def test_only_the_app_may_ask(self, graph: Graph, app: Graph, number: SimulatedNumber) -> None:
        assert graph.get("sim-app/subscriptions").code == 15
        assert app.get("sim-other/subscriptions").code == 100
        assert app.post("sim-app/subscriptions", {"object": "page"}).code == 100
        assert app.post("sim-app/subscriptions", {"object": "whatsapp_business_account"}).code == 100
        assert not SimulatedSubscription.objects.exists()


class TestTokens:
    def test_an_expired_token_is_told_of_to_the_app_and_cannot_ask_itself(
        self, graph: Graph, number: SimulatedNumber
    ) -> None:
        SimulatedAccount.objects.update(token_trouble=463)
        app = Graph(base=graph.base, token=f"sim-app|{APP_SECRET}")
        facts = app.get("debug_token", input_token=graph.token).body["data"]
        assert (facts["is_valid"], facts["error"]["subcode"]) == (False, 463)
        assert graph.get("debug_token", input_token=graph.token).subcode == 463
