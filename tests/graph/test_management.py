from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from channels_app.graph import errors
from channels_app.graph.answers import PhoneNumber, SubscribedApp, Waba, WebhookConfiguration
from channels_app.graph.client import MAX_PAGES, GraphClient
from channels_app.graph.health import Ailment
from tests.graph.conftest import BASE, TOKEN, Recorded, query

WABA = "104216845993017"
NUMBER = "118930421775604"
NUMBERS = f"{BASE}/{WABA}/phone_numbers"
TEMPLATES = f"{BASE}/{WABA}/message_templates"
UNKNOWN_FIELD = {"error": {"code": 100, "message": "(#100) Tried accessing nonexisting field (is_on_biz_app)"}}


def paged(items: list[Any], after: str, **more: str) -> dict[str, Any]:
    return {"data": items, "paging": {"cursors": {"before": "b", "after": after}, **more}}


class TestPhoneNumbers:
    def test_are_read_with_all_that_is_told(
        self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded
    ) -> None:
        graph.get(NUMBERS, json=recorded("phone_numbers"))
        first, second = client.phone_numbers(WABA)
        assert first == PhoneNumber(
            id=NUMBER,
            display_phone_number="+27 60 555 1234",
            verified_name="Cape Clinic",
            quality_rating="GREEN",
            code_verification_status="VERIFIED",
            platform_type="CLOUD_API",
            throughput_level="STANDARD",
        )
        assert (second.quality_rating, second.platform_type, second.is_on_biz_app) == ("NA", None, None)
        assert "is_on_biz_app" in query(graph)["fields"]
        assert query(graph)["limit"] == "100"

    def test_are_read_to_the_last_page_by_cursor_alone(
        self, client: GraphClient, graph: responses.RequestsMock
    ) -> None:
        stranger = "https://elsewhere.example.com/steal?after=c1"
        graph.get(NUMBERS, json=paged([{"id": 1, "display_phone_number": "+1 555 0101"}], "c1", next=stranger))
        graph.get(NUMBERS, json={"data": [], "paging": {"next": f"{NUMBERS}?limit=1&after=c%202&x=y"}})
        graph.get(NUMBERS, json=paged([{"id": "3", "is_on_biz_app": True}, {"no": "id"}, "odd"], "c3"))
        assert [(number.id, number.is_on_biz_app) for number in client.phone_numbers(WABA)] == [
            ("1", None),
            ("3", True),
        ]
        assert [query(graph, call).get("after") for call in range(3)] == [None, "c1", "c 2"]

    def test_are_asked_for_again_with_less_when_a_field_is_unknown(
        self, client: GraphClient, graph: responses.RequestsMock
    ) -> None:
        graph.get(NUMBERS, json=UNKNOWN_FIELD, status=400)
        graph.get(NUMBERS, json={"data": [{"id": NUMBER, "display_phone_number": "+27 60 555 1234"}]})
        assert [number.id for number in client.phone_numbers(WABA)] == [NUMBER]
        assert query(graph)["fields"] == "id,display_phone_number,verified_name,quality_rating"

    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            ({"code": 190, "error_subcode": 463}, errors.AccountBlocked),
            ({"code": 100, "error_subcode": 33}, errors.NumberBlocked),
            ({"code": 100, "message": "Invalid appsecret_proof provided in the API argument"}, errors.ProofInvalid),
            ({"code": 131009}, errors.BadRequest),
        ],
    )
    def test_are_not_asked_for_again_otherwise(
        self, error: dict[str, Any], kind: type[errors.Refused], client: GraphClient, graph: responses.RequestsMock
    ) -> None:
        graph.get(NUMBERS, json={"error": error}, status=400)
        with pytest.raises(kind):
            client.phone_numbers(WABA)
        assert len(graph.calls) == 1

    def test_end_where_the_cursor_stands_still(self, client: GraphClient, graph: responses.RequestsMock) -> None:
        graph.get(NUMBERS, json=paged([{"id": "1"}], "same", next="x"))
        assert len(client.phone_numbers(WABA)) == 2

    def test_end_somewhere_in_any_case(self, client: GraphClient, graph: responses.RequestsMock) -> None:
        for page in range(MAX_PAGES):
            graph.get(NUMBERS, json=paged([{"id": str(page)}], f"c{page}", next="x"))
        assert len(client.phone_numbers(WABA)) == MAX_PAGES

    def test_may_be_asked_for_one_by_one(self, client: GraphClient, graph: responses.RequestsMock) -> None:
        graph.get(f"{BASE}/{NUMBER}", json=UNKNOWN_FIELD, status=400)
        graph.get(f"{BASE}/{NUMBER}", json={"id": NUMBER, "display_phone_number": "+27 60 555 1234"})
        assert client.phone_number(NUMBER).display_phone_number == "+27 60 555 1234"


class TestTemplates:
    def test_are_read_with_their_variables(
        self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded
    ) -> None:
        graph.get(TEMPLATES, json=recorded("templates"))
        named, positional = client.templates(WABA)
        assert named.body is not None
        assert named.body.variables == ("bot_message",)
        assert [(part.type, part.format, part.variables) for part in named.components] == [
            ("HEADER", "TEXT", ()),
            ("BODY", "", ("bot_message",)),
            ("BUTTONS", "", ("1",)),
        ]
        assert (named.language, named.status, named.category, named.parameter_format) == (
            "en",
            "APPROVED",
            "UTILITY",
            "NAMED",
        )
        assert (positional.id, positional.parameter_format) == ("914702238815777", "POSITIONAL")

    def test_are_found_by_their_whole_name(
        self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded
    ) -> None:
        graph.get(TEMPLATES, json=recorded("templates"))
        assert [template.name for template in client.templates(WABA, "new_bot_message")] == ["new_bot_message"]
        assert query(graph)["name"] == "new_bot_message"

    @pytest.mark.parametrize("components", [None, "x", [None], [{}], [{"type": 5, "text": None, "buttons": "b"}]])
    def test_may_be_odd(self, components: object, client: GraphClient, graph: responses.RequestsMock) -> None:
        graph.get(TEMPLATES, json={"data": [{"id": "1", "name": None, "components": components}]})
        (template,) = client.templates(WABA)
        assert (template.name, template.body) == ("", None)


class TestAccount:
    def test_names_its_owner(self, client: GraphClient, graph: responses.RequestsMock) -> None:
        owner = {"id": "506914301122334", "name": "Cape Health"}
        graph.get(f"{BASE}/{WABA}", json={"id": WABA, "name": "Cape Clinic", "owner_business_info": owner})
        assert client.waba(WABA) == Waba(WABA, "Cape Clinic", "506914301122334")

    @pytest.mark.parametrize("error", [UNKNOWN_FIELD, {"error": {"code": 200, "message": "(#200) Permissions error"}}])
    def test_may_not_tell_its_owner(
        self, error: dict[str, Any], client: GraphClient, graph: responses.RequestsMock
    ) -> None:
        graph.get(f"{BASE}/{WABA}", json=error, status=400)
        graph.get(f"{BASE}/{WABA}", json={"id": WABA, "name": "Cape Clinic"})
        assert client.waba(WABA) == Waba(WABA, "Cape Clinic")

    def test_lists_the_apps_that_hear_of_it(
        self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded
    ) -> None:
        graph.get(f"{BASE}/{WABA}/subscribed_apps", json=recorded("subscribed_apps"))
        override = "https://bots.example.org/api/channels/meta/"
        assert client.subscribed_apps(WABA) == [SubscribedApp("731905518842217", "Clinic bot", override)]

    def test_tells_where_webhooks_go(
        self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded
    ) -> None:
        graph.get(f"{BASE}/{NUMBER}", json=recorded("webhook_configuration"))
        assert client.webhook_configuration(NUMBER) == WebhookConfiguration(
            phone_number="https://bots.example.org/api/channels/meta/",
            whatsapp_business_account="https://other.example.org/hook",
            application="https://old.example.org/hook",
        )

    def test_tells_how_it_is(self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded) -> None:
        graph.get(f"{BASE}/{NUMBER}", json=recorded("health_status"))
        health = client.health_status(NUMBER)
        assert health.can_send_message == "BLOCKED"
        assert [entity.type for entity in health.entities] == ["PHONE_NUMBER", "WABA", "BUSINESS", "APP"]
        assert health.entities[0].additional_info == ("Your display name has not been approved yet.",)
        problem = Ailment(141006, "There is an error with your payment method.", "Add a valid payment method.")
        assert health.entities[1].errors == (problem,)


class TestToken:
    def test_is_asked_about_with_itself(
        self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded
    ) -> None:
        graph.get(f"{BASE}/debug_token", json=recorded("debug_token"))
        facts = client.debug_token()
        assert (facts.app_id, facts.is_valid, facts.expires_at, facts.error) == ("731905518842217", True, None, None)
        assert {"whatsapp_business_management", "whatsapp_business_messaging"} <= facts.scopes
        assert facts.target_ids["whatsapp_business_management"] == frozenset({WABA})
        assert query(graph)["input_token"] == TOKEN

    def test_may_be_asked_about_by_another(self, client: GraphClient, graph: responses.RequestsMock) -> None:
        graph.get(f"{BASE}/debug_token", json={"data": {"is_valid": True, "expires_at": 1795168800}})
        assert client.debug_token("token-of-bob").expires_at == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
        assert query(graph)["input_token"] == "token-of-bob"
        assert graph.calls[0].request.headers["Authorization"] == f"Bearer {TOKEN}"

    def test_that_is_bad_says_why(self, client: GraphClient, graph: responses.RequestsMock) -> None:
        error = {"code": 190, "message": "Error validating access token", "subcode": 463}
        graph.get(f"{BASE}/debug_token", json={"data": {"is_valid": False, "error": error, "scopes": []}})
        facts = client.debug_token()
        assert not facts.is_valid
        assert isinstance(facts.error, errors.AccountBlocked)
        assert facts.error.subcode == 463

    @pytest.mark.parametrize(
        "data",
        [
            None,
            [],
            {"expires_at": 10**17, "scopes": None, "granular_scopes": [{"scope": "s"}, "odd"]},
            {"scopes": [None, 3]},
        ],
    )
    def test_may_be_told_of_oddly(self, data: object, client: GraphClient, graph: responses.RequestsMock) -> None:
        graph.get(f"{BASE}/debug_token", json={"data": data})
        facts = client.debug_token()
        assert (facts.is_valid, facts.expires_at) == (False, None)
        assert set(facts.target_ids.values()) <= {None}
