import json
from typing import Any

import pytest
import responses
from pytest_httpserver import HTTPServer
from responses import matchers

from channels_app.graph import errors
from channels_app.graph.answers import Sent
from channels_app.graph.client import GraphClient
from channels_app.graph.signature import appsecret_proof
from channels_app.graph.transport import Transport
from tests.graph.conftest import APP_SECRET, BASE, TOKEN, Recorded, query

WABA = "104216845993017"
NUMBER = "118930421775604"
MESSAGES = f"{BASE}/{NUMBER}/messages"


class TestEveryCall:
    def test_carries_token_proof_and_name(self, client: GraphClient, graph: responses.RequestsMock) -> None:
        graph.post(MESSAGES, json={"messages": [{"id": "wamid.1"}]})
        client.send_message(NUMBER, {"to": "+27825550123"})
        headers = graph.calls[0].request.headers
        assert headers["Authorization"] == f"Bearer {TOKEN}"
        assert headers["User-Agent"] == "ocs-meta"
        assert headers["Content-Type"] == "application/json"
        assert query(graph) == {"appsecret_proof": appsecret_proof(TOKEN, APP_SECRET)}

    @pytest.mark.parametrize(("app_secret", "proof"), [(None, True), ("", True), (APP_SECRET, False)])
    def test_carries_no_proof_that_is_not_to_be_had(
        self, app_secret: str | None, proof: bool, transport: Transport, graph: responses.RequestsMock
    ) -> None:
        graph.post(MESSAGES, json={"messages": [{"id": "wamid.1"}]})
        GraphClient(
            base_url="https://graph.example.com/",
            version="v25.0",
            token=TOKEN,
            app_secret=app_secret,
            proof=proof,
            transport=transport,
        ).send_message(NUMBER, {})
        assert query(graph) == {}

    @pytest.mark.parametrize(
        "waba_id", ["", "..", "../me", "1/phone_numbers", "1?fields=id", "+27825550123", "é", "1\n"]
    )
    def test_goes_to_ids_alone(self, waba_id: str, client: GraphClient, graph: responses.RequestsMock) -> None:
        with pytest.raises(errors.NumberBlocked) as caught:
            client.waba(waba_id)
        assert (caught.value.code, caught.value.subcode) == (100, 33)
        assert not graph.calls


class TestSending:
    def test_to_a_number_gives_wamid_and_wa_id(
        self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded
    ) -> None:
        payload = {
            "messaging_product": "whatsapp",
            "to": "+27825550123",
            "text": {"body": "Yes, from nine. \U0001f600"},
        }
        graph.post(MESSAGES, json=recorded("sent_to_number"), match=[matchers.json_params_matcher(payload)])
        sent = client.send_message(NUMBER, payload)
        assert sent == Sent("wamid.HBgLMjc4MzEyMzQ1NjcVAgASGBQzOUT01AA==", wa_id="27825550123")

    def test_to_a_user_id_gives_that(
        self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded
    ) -> None:
        graph.post(MESSAGES, json=recorded("sent_to_user_id"))
        sent = client.send_message(NUMBER, {})
        assert (sent.wa_id, sent.user_id, sent.message_status) == (None, "ZA.48213907715526", "accepted")

    @pytest.mark.parametrize(
        "answer", [{}, {"messages": []}, {"messages": [{}]}, {"messages": "no"}, {"messages": [{"id": ""}]}]
    )
    def test_without_an_id_may_have_worked(
        self, answer: dict[str, Any], client: GraphClient, graph: responses.RequestsMock
    ) -> None:
        graph.post(MESSAGES, json=answer)
        with pytest.raises(errors.OutcomeUnknown):
            client.send_message(NUMBER, {})

    def test_is_refused_as_graph_says(
        self, client: GraphClient, graph: responses.RequestsMock, recorded: Recorded
    ) -> None:
        graph.post(MESSAGES, json=recorded("refused_send"), status=404)
        with pytest.raises(errors.TemplateRefused) as caught:
            client.send_message(NUMBER, {})
        assert (caught.value.code, caught.value.http_status) == (132001, 404)

    def test_is_refused_by_an_error_under_a_200_too(self, client: GraphClient, graph: responses.RequestsMock) -> None:
        graph.post(MESSAGES, json={"error": {"code": 131056}})
        with pytest.raises(errors.Throttled):
            client.send_message(NUMBER, {})

    def test_too_fast_may_be_told_by_nothing_but_a_429(self, httpserver: HTTPServer, transport: Transport) -> None:
        httpserver.expect_oneshot_request(f"/v25.0/{NUMBER}/messages").respond_with_data(
            b"", status=429, headers={"Retry-After": "7"}
        )
        client = GraphClient(base_url=httpserver.url_for("/"), version="v25.0", token=TOKEN, transport=transport)
        with pytest.raises(errors.Throttled) as caught:
            client.send_message(NUMBER, {})
        assert caught.value.retry_after == 7.0
        assert len(httpserver.log) == 1


class TestMarkingAsRead:
    @pytest.mark.parametrize(("typing", "more"), [(False, {}), (True, {"typing_indicator": {"type": "text"}})])
    def test_may_show_that_an_answer_is_coming(
        self, typing: bool, more: dict[str, Any], client: GraphClient, graph: responses.RequestsMock
    ) -> None:
        graph.post(MESSAGES, json={"success": True})
        client.mark_read(NUMBER, "wamid.in", typing=typing)
        expected = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.in"}
        assert graph.calls[0].request.body == json.dumps({**expected, **more}).encode()
