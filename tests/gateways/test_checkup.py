from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses

from channels_app.gateways.base import Check
from channels_app.gateways.meta.gateway import MetaGateway
from channels_app.graph.transport import Transport
from tests.gateways.far_end import APP, BASE, NUMBER, SECRET, TOKEN, WABA, error, minds_proof, says
from tests.gateways.readings import AT
from tests.gateways.test_gateway import CREDENTIALS

OURS = "https://bots.example.org/api/channels/meta/"
SCOPES = ["whatsapp_business_management", "whatsapp_business_messaging"]
ACCOUNT, NUMBERS, TEMPLATES, APPS = (
    WABA,
    f"{WABA}/phone_numbers",
    f"{WABA}/message_templates",
    f"{WABA}/subscribed_apps",
)


def token(**facts: Any) -> dict[str, Any]:
    granted = [{"scope": scope, "target_ids": [WABA]} for scope in SCOPES]
    return {
        "data": {
            "app_id": APP,
            "is_valid": True,
            "expires_at": 0,
            "scopes": SCOPES,
            "granular_scopes": granted,
            **facts,
        }
    }


def number(**facts: Any) -> dict[str, Any]:
    return {"id": NUMBER, "display_phone_number": "+27 60 055 1234", "status": "CONNECTED", **facts}


def template(text: str = "News: {{bot_message}} Reply.", **facts: Any) -> dict[str, Any]:
    return {
        "id": "914702238815503",
        "name": "new_bot_message",
        "language": "en",
        "status": "APPROVED",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [{"type": "BODY", "text": text}],
        **facts,
    }


def webhooks(**levels: str) -> dict[str, Any]:
    return {"webhook_configuration": levels, "id": NUMBER}


@pytest.fixture
def graph() -> Iterator[responses.RequestsMock]:
    """Meta, with everything in order."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        says(mock, "GET", ACCOUNT, {"id": WABA, "name": "Cape Clinic"})
        says(mock, "GET", "debug_token", token())
        says(mock, "GET", NUMBERS, {"data": [number()]})
        says(mock, "GET", TEMPLATES, {"data": [template()]})
        says(mock, "GET", APPS, {"data": [{"whatsapp_business_api_data": {"id": APP, "name": "Clinic bot"}}]})
        says(mock, "GET", NUMBER, webhooks(application=OURS))
        yield mock


def check(**changes: Any) -> list[Check]:
    transport = Transport()
    try:
        return MetaGateway(replace(CREDENTIALS, **{"app_id": APP, **changes}), transport=transport).check(OURS)
    finally:
        transport.close()


def trouble(**changes: Any) -> list[Check]:
    return [line for line in check(**changes) if line.status != "ok"]


def only(lines: list[Check]) -> Check:
    (line,) = lines
    assert line.detail
    assert line.fix
    assert not {TOKEN, SECRET} & set(f"{line.detail} {line.fix}".split())
    return line


def test_all_is_well(graph: responses.RequestsMock) -> None:
    assert [(line.name, line.status) for line in check()] == [
        ("Access token", "ok"),
        ("Permissions", "ok"),
        ("App secret", "ok"),
        ("WhatsApp Business Account", "ok"),
        ("Phone numbers", "ok"),
        ("Template new_bot_message", "ok"),
        ("Webhook subscription", "ok"),
        ("Webhook address", "ok"),
    ]


class TestAccess:
    @pytest.mark.parametrize(
        ("code", "subcode", "words"), [(190, 463, "has expired"), (190, 0, "no good"), (102, 0, "session")]
    )
    def test_a_dead_token_is_all_that_is_said(
        self, graph: responses.RequestsMock, code: int, subcode: int, words: str
    ) -> None:
        says(graph, "GET", ACCOUNT, error(code, error_subcode=subcode))
        line = only(check())
        assert (line.name, line.status) == ("Access token", "error")
        assert words in line.detail

    def test_a_silent_meta_is_all_that_is_said(self, graph: responses.RequestsMock) -> None:
        graph.replace("GET", f"{BASE}/{ACCOUNT}", body=requests.ConnectTimeout())
        assert only(check()).detail.startswith("Meta did not answer.")

    @pytest.mark.parametrize("answer", [error(100, error_subcode=33), error(33)])
    def test_a_wrong_account_is_told_from_a_dead_token(self, graph: responses.RequestsMock, answer: Any) -> None:
        says(graph, "GET", ACCOUNT, answer)
        line = only(trouble())
        assert line.name == "WhatsApp Business Account"
        assert WABA in line.detail

    @pytest.mark.parametrize("code", [10, 200])
    def test_a_missing_permission_hides_nothing_else(self, graph: responses.RequestsMock, code: int) -> None:
        says(graph, "GET", ACCOUNT, error(code))
        assert only(trouble()).name == "WhatsApp Business Account"
        assert len(check()) == 7

    def test_a_token_that_ends_within_two_weeks_is_a_warning(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", "debug_token", token(expires_at=int((AT + timedelta(days=13)).timestamp())))
        line = only(trouble())
        assert (line.name, line.status) == ("Access token", "warning")
        assert "2026-12-03" in line.detail

    def test_a_token_that_ends_later_is_none(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", "debug_token", token(expires_at=int((AT + timedelta(days=60)).timestamp())))
        assert trouble() == []

    def test_a_token_of_another_app_is_an_error(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", "debug_token", token(app_id="999"))
        assert "made for the app 999" in only(trouble()).detail

    def test_a_token_that_the_app_may_not_ask_about_is_an_error(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", "debug_token", error(100, "The App_id in the input_token did not match the Viewing App"))
        assert only(trouble()).detail.startswith(f"It was not made for the app {APP}.")

    def test_an_app_secret_of_another_app_is_an_error(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", "debug_token", error(190, "Invalid OAuth access token signature."))
        assert only(trouble()).name == "App ID"

    def test_the_app_asks_about_the_token_with_its_own(self, graph: responses.RequestsMock) -> None:
        check()
        (call,) = [call for call in graph.calls if "debug_token" in (call.request.url or "")]
        assert call.request.headers["Authorization"] == f"Bearer {APP}|{SECRET}"

    def test_a_token_that_meta_calls_invalid_is_an_error(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", "debug_token", token(is_valid=False, error={"code": 190, "message": "Revoked"}))
        line = only(trouble())
        assert (line.name, line.status) == ("Access token", "error")
        assert "Revoked" in line.detail

    def test_a_question_about_the_token_that_fails_hides_nothing(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", "debug_token", error(4))
        assert trouble() == []
        assert len(check()) == 7

    @pytest.mark.parametrize("answer", [error(190), error(100), {}, {"data": {}}])
    def test_without_an_app_id_what_meta_does_not_tell_is_left_out(
        self, graph: responses.RequestsMock, answer: Any
    ) -> None:
        says(graph, "GET", "debug_token", answer)
        assert trouble(app_id="") == []
        assert "App ID" in check(app_id="")[0].detail

    @pytest.mark.parametrize(
        ("facts", "words"),
        [
            ({"scopes": SCOPES[:1], "granular_scopes": []}, "lacks whatsapp_business_messaging"),
            ({"granular_scopes": [{"scope": SCOPES[1], "target_ids": ["999"]}]}, "for other accounts"),
        ],
    )
    def test_a_lacking_permission_is_named(self, graph: responses.RequestsMock, facts: Any, words: str) -> None:
        says(graph, "GET", "debug_token", token(**facts))
        line = only(trouble())
        assert (line.name, line.status) == ("Permissions", "error")
        assert words in line.detail

    def test_a_refused_proof_is_a_warning_and_hides_nothing(self, graph: responses.RequestsMock) -> None:
        graph.remove("GET", f"{BASE}/{ACCOUNT}")
        minds_proof(graph, "GET", ACCOUNT, {"id": WABA, "name": "Cape Clinic"})
        line = only(trouble())
        assert (line.name, line.status) == ("App secret", "warning")
        assert "different Meta apps" in line.detail

    def test_a_refused_proof_is_still_told_when_calls_have_long_gone_without(
        self, graph: responses.RequestsMock
    ) -> None:
        graph.remove("GET", f"{BASE}/{ACCOUNT}")
        minds_proof(graph, "GET", ACCOUNT, {"id": WABA, "name": "Cape Clinic"})
        assert only(trouble(proof=False)).name == "App secret"


class TestNumbers:
    def test_none_is_an_error(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", NUMBERS, {"data": []})
        assert (only(trouble()).name, only(trouble()).status) == ("Phone numbers", "error")

    @pytest.mark.parametrize(
        ("facts", "words"),
        [({"status": "PENDING"}, "is PENDING"), ({"verified_name": "Test Number"}, "test number")],
    )
    def test_one_that_does_not_reach_everybody_is_a_warning(
        self, graph: responses.RequestsMock, facts: Any, words: str
    ) -> None:
        says(graph, "GET", NUMBERS, {"data": [number(**facts)]})
        line = only(trouble())
        assert (line.name, line.status) == ("Phone numbers", "warning")
        assert words in line.detail

    def test_a_failing_list_hides_nothing_but_where_their_webhooks_go(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", NUMBERS, error(131016))
        assert only(trouble()).name == "Phone numbers"
        assert len(check()) == 7


class TestTemplate:
    @pytest.mark.parametrize(
        ("templates", "words"),
        [
            ([], "has no template new_bot_message"),
            ([template(name="new_bot_message_2")], "has no template new_bot_message"),
            ([template(language="pt_BR"), template(language="en_US")], "in the language en, but in en_US, pt_BR"),
            ([template(status="PENDING")], "not approved it yet"),
            ([template(status="REJECTED")], "REJECTED"),
            ([template(status="PAUSED")], "PAUSED"),
            ([template("News: {{1}} Reply.", parameter_format="POSITIONAL")], "numbered"),
            ([template("News: {{1}} Reply.", parameter_format=None)], "numbered"),
            ([template("News: {{message}} Reply.")], "has the variables message"),
            ([template("{{name}}, news: {{bot_message}} Reply.")], "has the variables name, bot_message"),
            ([template("News. Reply.")], "has no variable"),
            (
                [
                    template(
                        components=[
                            {"type": "HEADER", "format": "TEXT", "text": "For {{name}}"},
                            {"type": "BODY", "text": "News: {{bot_message}} Reply."},
                        ]
                    )
                ],
                "outside its body",
            ),
        ],
    )
    def test_that_cannot_be_sent_is_an_error_that_says_why(
        self, graph: responses.RequestsMock, templates: Any, words: str
    ) -> None:
        says(graph, "GET", TEMPLATES, {"data": templates})
        line = only(trouble())
        assert (line.name, line.status) == ("Template new_bot_message", "error")
        assert words in line.detail

    def test_in_the_providers_language_among_others_is_fine(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", TEMPLATES, {"data": [template(language="en_US"), template(language="af")]})
        assert trouble(template_language="af") == []

    def test_that_is_sold_as_marketing_is_a_warning(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", TEMPLATES, {"data": [template(category="MARKETING")]})
        assert only(trouble()).status == "warning"

    def test_list_that_fails_hides_nothing_else(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", TEMPLATES, error(80007))
        assert only(trouble()).name == "Template new_bot_message"
        assert len(check()) == 8


class TestWebhooks:
    @pytest.mark.parametrize(
        ("apps", "words"),
        [
            ([], "No app is subscribed"),
            ([{"whatsapp_business_api_data": {"id": "999", "name": "Other"}}], f"app {APP} is not subscribed"),
        ],
    )
    def test_that_never_come_are_an_error(self, graph: responses.RequestsMock, apps: Any, words: str) -> None:
        says(graph, "GET", APPS, {"data": apps})
        line = only(trouble())
        assert (line.name, line.status) == ("Webhook subscription", "error")
        assert words in line.detail

    @pytest.mark.parametrize(
        ("levels", "words"),
        [
            ({"application": "https://old.example.org/hook"}, "go to https://old.example.org/hook"),
            (
                {"application": OURS, "whatsapp_business_account": "https://b.example.org/"},
                "go to https://b.example.org/",
            ),
            (
                {"application": OURS, "whatsapp_business_account": OURS, "phone_number": "https://c.example.org/"},
                "go to https://c.example.org/",
            ),
            ({}, "go nowhere"),
        ],
    )
    def test_that_go_elsewhere_are_an_error(
        self, graph: responses.RequestsMock, levels: dict[str, str], words: str
    ) -> None:
        says(graph, "GET", NUMBER, webhooks(**levels))
        line = only(trouble())
        assert (line.name, line.status) == ("Webhook address", "error")
        assert words in line.detail

    def test_of_the_account_that_go_elsewhere_are_a_warning(self, graph: responses.RequestsMock) -> None:
        says(graph, "GET", NUMBER, webhooks(application="https://old.example.org/hook", phone_number=OURS))
        line = only(trouble())
        assert (line.name, line.status) == ("Webhook address", "warning")
        assert "templates and the account" in line.detail

    @pytest.mark.parametrize(("path", "name"), [(APPS, "Webhook subscription"), (NUMBER, "Webhook address")])
    def test_that_meta_does_not_tell_of_hide_nothing_else(
        self, graph: responses.RequestsMock, path: str, name: str
    ) -> None:
        says(graph, "GET", path, error(80007))
        assert only(trouble()).name == name
        assert len(check()) == 8
