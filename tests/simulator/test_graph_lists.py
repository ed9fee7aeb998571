"""Lists and fields, asked for in all the ways that Meta has, and tokens that are handed out."""

from typing import Any

import pytest

from channels_app.models import Provider
from channels_app.simulator import accounts
from channels_app.simulator.models import SimulatedExchange, SimulatedNumber
from tests.fixtures import APP_SECRET
from tests.simulator.graph_calls import Graph

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER_FIELDS = (
    "id,verified_name,new_name_status,is_preverified_number,certificate,new_certificate,country_code,country_dial_code,"
    "search_visibility,eligibility_for_api_business_global_search,conversational_automation,username"
)
TEMPLATE_FIELDS = (
    "name,previous_category,correct_category,sub_category,message_send_ttl_seconds,library_template_name,"
    "cta_url_link_tracking_opted_out"
)


class TestNumbers:
    @pytest.mark.parametrize(
        "sort", ["creation_time.asc", "last_onboarded_time.asc", "['last_onboarded_time_ascending']"]
    )
    def test_the_oldest_can_come_first(self, graph: Graph, number: SimulatedNumber, sort: str) -> None:
        ids = [each["id"] for each in graph.get("sim-1/phone_numbers").body["data"]]
        assert [each["id"] for each in graph.get("sim-1/phone_numbers", sort=sort).body["data"]] == ids[::-1]

    @pytest.mark.parametrize(("mode", "count"), [("LIVE", 3), ("SANDBOX", 0)])
    def test_they_are_filtered_by_their_mode(
        self, graph: Graph, number: SimulatedNumber, mode: str, count: int
    ) -> None:
        wanted = f'[{{"field": "account_mode", "operator": "EQUAL", "value": "{mode}"}}]'
        assert len(graph.get("sim-1/phone_numbers", filtering=wanted).body["data"]) == count

    @pytest.mark.parametrize(
        "query",
        [
            {"sort": "shoe_size.asc"},
            {"filtering": "x"},
            {"filtering": "{}"},
            {"filtering": "[" * 100_0},
            {"filtering": '[{"field": "shoe_size", "operator": "EQUAL", "value": "44"}]'},
            {"filtering": '[{"field": "account_mode", "operator": "LIKE", "value": "LIVE"}]'},
        ],
    )
    def test_what_is_asked_for_otherwise_is_refused(
        self, graph: Graph, number: SimulatedNumber, query: dict[str, str]
    ) -> None:
        assert graph.get("sim-1/phone_numbers", **query).code == 100


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"category": "UTILITY"}, 1),
        ({"category": "marketing"}, 0),
        ({"quality_score": "GREEN"}, 1),
        ({"quality_score": "RED"}, 0),
        ({"content": "NEW MESSAGE"}, 1),
        ({"content": "new_bot"}, 0),
        ({"name_or_content": "new_bot"}, 1),
        ({"name_or_content": "new message"}, 1),
        ({"name_or_content": "zzz"}, 0),
    ],
)
def test_templates_are_filtered(graph: Graph, number: SimulatedNumber, query: dict[str, str], count: int) -> None:
    assert len(graph.get("sim-1/message_templates", **query).body["data"]) == count


class TestFields:
    def test_those_that_are_known_and_not_set_are_left_out(self, graph: Graph, number: SimulatedNumber) -> None:
        found = graph.get(number.phone_number_id, fields=NUMBER_FIELDS).body
        assert found == {"id": number.phone_number_id, "verified_name": number.verified_name}
        assert set(graph.get("sim-1", fields="on_behalf_of_business_info,name").body) == {"id", "name"}
        listed = graph.get("sim-1/message_templates", fields=TEMPLATE_FIELDS).body["data"]
        assert set(listed[0]) == {"id", "name"}

    def test_a_field_may_be_asked_for_in_part(self, graph: Graph, number: SimulatedNumber) -> None:
        found = graph.get(number.phone_number_id, fields="throughput{level}, webhook_configuration{phone_number}").body
        assert found["throughput"] == {"level": "STANDARD"}
        assert found["webhook_configuration"] == {}

    @pytest.mark.parametrize("fields", ["throughput{level", "throughput}", "a{b{c}}", "{level}", "shoe_size"])
    def test_what_cannot_be_is_no_field(self, graph: Graph, number: SimulatedNumber, fields: str) -> None:
        assert graph.get(number.phone_number_id, fields=fields).code == 100

    @pytest.mark.parametrize("fields", ["", " ", ",", ",,id,,"])
    def test_odd_commas_do_no_harm(self, graph: Graph, number: SimulatedNumber, fields: str) -> None:
        assert graph.get(number.phone_number_id, fields=fields).body["id"] == number.phone_number_id


class TestTokens:
    APP = {"client_id": accounts.APP_ID, "client_secret": APP_SECRET}

    def test_an_app_gets_its_own(self, graph: Graph) -> None:
        answer = graph.get("oauth/access_token", **self.APP, grant_type="client_credentials").body
        assert answer == {"access_token": f"{accounts.APP_ID}|{APP_SECRET}", "token_type": "bearer"}

    def test_a_token_is_good_for_60_days_more(self, graph: Graph, provider: Provider) -> None:
        asked: dict[str, Any] = {"grant_type": "fb_exchange_token", "fb_exchange_token": provider.access_token}
        answer = graph.get("oauth/access_token", **self.APP, **asked, set_token_expires_in_60_days="true").body
        assert answer == {"access_token": provider.access_token, "token_type": "bearer", "expires_in": 5_184_000}
        (row,) = SimulatedExchange.objects.filter(path__endswith="oauth/access_token")
        kept = f"{row.query} {row.received}"
        assert provider.access_token not in kept
        assert APP_SECRET not in kept

    @pytest.mark.parametrize(
        ("asked", "code"),
        [
            ({}, 100),
            ({"client_secret": "another", "grant_type": "client_credentials"}, 190),
            ({"grant_type": "password"}, 100),
            ({"grant_type": "fb_exchange_token", "fb_exchange_token": "nobody's"}, 190),
            ({"grant_type": "fb_exchange_token"}, 104),
        ],
    )
    def test_nobody_else_gets_one(self, graph: Graph, asked: dict[str, str], code: int) -> None:
        assert graph.get("oauth/access_token", **{**self.APP, **asked}).code == code
