"""Messaging providers over REST."""

import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from channels_app import clock
from channels_app.models import Channel, Notice, Provider, Team
from tests.fixtures import FakeGraph, make_provider

URL = "/api/v1/providers/"
ANYTHING = re.compile(r"https://graph\.facebook\.com/.*")
LONG_TOKEN = "token-of-alice-and-nobody-else-1234"
BODY = {
    "name": "Clinic",
    "waba_id": "104216845993017",
    "access_token": LONG_TOKEN,
    "app_secret": "secret-1",
    "verify_token": "verify me",
}


def made(api: APIClient, **more: Any) -> Any:
    answer = api.post(URL, {**BODY, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


class TestMaking:
    def test_gives_what_was_made_with_its_secrets_masked(self, api: APIClient, team: Team) -> None:
        shown = made(api)
        row = Provider.objects.get(pk=shown.pop("id"))
        assert shown == {
            "type": "meta_cloud_api",
            "name": "Clinic",
            "waba_id": "104216845993017",
            "access_token": "•••• 1234",
            "app_secret": "••••",
            "verify_token": "••••",
            "template_language": "en",
            "app_id": "",
            "webhook_url": "http://testserver/api/channels/meta/",
        }
        assert (row.team, row.access_token, row.portfolio) == (team, LONG_TOKEN, "waba:104216845993017")

    def test_its_verify_token_is_known_at_the_webhook(self, api: APIClient) -> None:
        made(api)
        query = {"hub.mode": "subscribe", "hub.verify_token": "verify me", "hub.challenge": "42"}
        assert api.get("/api/channels/meta/", query).content == b"42"

    def test_needs_what_is_required(self, api: APIClient) -> None:
        answer = api.post(URL, {})
        assert answer.status_code == 400
        assert set(answer.json()) == {"name", "waba_id", "access_token", "app_secret", "verify_token"}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", " "),
            ("name", "x" * 121),
            ("name", None),
            ("waba_id", "+27 60 055 1234"),
            ("waba_id", "my account"),
            ("waba_id", "12"),
            ("waba_id", "sim-1"),
            ("waba_id", []),
            ("access_token", "two words"),
            ("access_token", "tökèn"),
            ("access_token", "•••• 1234"),
            ("access_token", ""),
            ("access_token", {"a": 1}),
            ("app_secret", "two words"),
            ("app_secret", "  "),
            ("verify_token", ""),
            ("verify_token", "nul\0"),
            ("template_language", "English"),
            ("template_language", "en-US"),
            ("app_id", "my app"),
            ("type", "telegram"),
            ("type", 7),
            ("type", None),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, api: APIClient, field: str, value: Any) -> None:
        answer = api.post(URL, {**BODY, field: value})
        assert answer.status_code == 400
        assert list(answer.json()) == [field]
        assert all(isinstance(said, str) and said for said in answer.json()[field])

    def test_never_asks_meta(self, api: APIClient, graph: FakeGraph) -> None:
        made(api)
        assert len(graph.wire.calls) == 0

    def test_neither_names_nor_accounts_need_be_unique(self, api: APIClient) -> None:
        assert made(api)["id"] != made(api)["id"]

    def test_an_account_id_may_come_as_a_number(self, api: APIClient) -> None:
        assert made(api, waba_id=104216845993017)["waba_id"] == "104216845993017"


class TestSimulated:
    def test_is_of_its_own_kind_of_account(self, api: APIClient) -> None:
        assert made(api, type="simulated", waba_id="sim-1")["type"] == "simulated"
        answer = api.post(URL, {**BODY, "type": "simulated"})
        assert (answer.status_code, list(answer.json())) == (400, ["waba_id"])

    def test_exists_only_where_the_simulator_is_on(self, api: APIClient, settings: Settings) -> None:
        settings.SIMULATOR = False
        answer = api.post(URL, {**BODY, "type": "simulated", "waba_id": "sim-1"})
        assert (answer.status_code, list(answer.json())) == (400, ["type"])


class TestChanging:
    @pytest.mark.parametrize("sent_back", ["", "•••• 1234", "••••"])
    def test_a_secret_sent_back_as_it_was_shown_stays(self, api: APIClient, sent_back: str) -> None:
        pk = made(api)["id"]
        body = {"access_token": sent_back, "app_secret": sent_back, "verify_token": sent_back, "name": "New"}
        answer = api.patch(f"{URL}{pk}/", body)
        assert answer.status_code == 200
        row = Provider.objects.get(pk=pk)
        assert (row.name, row.access_token, row.app_secret, row.verify_token) == (
            "New",
            LONG_TOKEN,
            "secret-1",
            "verify me",
        )

    def test_what_was_read_may_be_sent_back_whole(self, api: APIClient) -> None:
        shown = made(api)
        assert api.patch(f"{URL}{shown['id']}/", shown).json() == shown

    def test_nothing_changes_nothing(self, api: APIClient) -> None:
        shown = made(api)
        assert api.patch(f"{URL}{shown['id']}/", {}).json() == shown

    def test_the_type_stays(self, api: APIClient) -> None:
        answer = api.patch(f"{URL}{made(api)['id']}/", {"type": "simulated"})
        assert (answer.status_code, list(answer.json())) == (400, ["type"])

    def test_the_former_app_secret_is_kept_for_the_overlap(self, api: APIClient) -> None:
        pk = made(api)["id"]
        with time_machine.travel("2026-05-01T10:00:00Z", tick=False):
            api.patch(f"{URL}{pk}/", {"app_secret": "secret-2"})
            row = Provider.objects.get(pk=pk)
            assert (row.app_secret, row.former_app_secret) == ("secret-2", "secret-1")
            assert row.app_secret_changed_at == clock.now()

    def test_a_new_verify_token_takes_the_place_of_the_old(self, api: APIClient) -> None:
        pk = made(api)["id"]
        api.patch(f"{URL}{pk}/", {"verify_token": "another"})
        codes = [
            api.get(
                "/api/channels/meta/", {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1"}
            ).status_code
            for token in ("verify me", "another")
        ]
        assert codes == [403, 200]

    def test_a_new_account_is_a_new_portfolio(self, api: APIClient) -> None:
        pk = made(api)["id"]
        api.patch(f"{URL}{pk}/", {"waba_id": "104216845990000"})
        assert Provider.objects.get(pk=pk).portfolio == "waba:104216845990000"

    def test_a_portfolio_that_meta_named_stays(self, api: APIClient) -> None:
        pk = made(api)["id"]
        Provider.objects.filter(pk=pk).update(portfolio="5551234")
        api.patch(f"{URL}{pk}/", {"waba_id": "104216845990000"})
        assert Provider.objects.get(pk=pk).portfolio == "5551234"

    def test_a_new_token_lets_the_account_send_again(self, api: APIClient, channel: Channel) -> None:
        now = clock.now()
        provider = channel.provider
        Provider.objects.filter(pk=provider.pk).update(blocked_at=now, proof_refused=True)
        Notice.objects.create(team=provider.team, provider=provider, kind="access", title="Token")
        assert api.patch(f"{URL}{provider.pk}/", {"name": "Other"}).status_code == 200
        assert Provider.objects.get().blocked_at == now
        api.patch(f"{URL}{provider.pk}/", {"access_token": "token-2"})
        assert (Provider.objects.get().blocked_at, Provider.objects.get().proof_refused) == (None, False)
        assert Notice.objects.get().closed_at is not None


class TestDeleting:
    def test_lets_go_of_its_secrets_and_its_name(self, api: APIClient) -> None:
        pk = made(api)["id"]
        assert api.delete(f"{URL}{pk}/").status_code == 204
        assert api.get(f"{URL}{pk}/").status_code == 404
        assert api.get(URL).json()["results"] == []
        row = Provider.objects.get(pk=pk)
        assert (row.access_token, row.app_secret, row.verify_token, row.verify_token_hash) == ("", "", "", "")
        query = {"hub.mode": "subscribe", "hub.verify_token": "verify me", "hub.challenge": "1"}
        assert api.get("/api/channels/meta/", query).status_code == 403

    def test_is_refused_while_a_channel_uses_it(self, api: APIClient, channel: Channel) -> None:
        answer = api.delete(f"{URL}{channel.provider_id}/")
        assert answer.status_code == 409
        assert "1 channel" in answer.json()["detail"]
        api.delete(f"/api/v1/channels/{channel.pk}/")
        assert api.delete(f"{URL}{channel.provider_id}/").status_code == 204


class TestCheck:
    def test_tells_what_meta_says(self, api: APIClient, provider: Provider, graph: FakeGraph) -> None:
        graph.wire.get(url=ANYTHING, status=401, json={"error": {"code": 190, "message": "expired"}})
        answer = api.post(f"{URL}{provider.pk}/check/")
        assert answer.status_code == 200
        assert answer.json()["ok"] is False
        assert {"name", "status", "detail", "fix"} == set(answer.json()["checks"][0])
        assert "error" in {line["status"] for line in answer.json()["checks"]}
        assert provider.access_token not in answer.content.decode()

    def test_lets_the_account_send_again_once_meta_answers(
        self, api: APIClient, provider: Provider, graph: FakeGraph
    ) -> None:
        Provider.objects.filter(pk=provider.pk).update(blocked_at=clock.now())
        graph.wire.get(url=ANYTHING, status=401, json={"error": {"code": 190, "message": "expired"}})
        api.post(f"{URL}{provider.pk}/check/")
        assert Provider.objects.get().blocked_at is not None
        graph.wire.reset()
        graph.wire.get(url=ANYTHING, json={"id": provider.waba_id, "name": "Clinic", "data": []})
        api.post(f"{URL}{provider.pk}/check/")
        assert Provider.objects.get().blocked_at is None


class TestSecrets:
    def test_none_is_in_any_answer_or_log_line(
        self, api: APIClient, graph: FakeGraph, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        shown = made(api, app_secret="app-secret-of-alice-1234", verify_token="verify-of-alice-5678")
        answers = [api.get(URL), api.get(f"{URL}{shown['id']}/"), api.patch(f"{URL}{shown['id']}/", {"name": "B"})]
        said = (
            str(shown) + "".join(answer.content.decode() for answer in answers) + caplog.text + capsys.readouterr().out
        )
        for secret in (LONG_TOKEN, "app-secret-of-alice-1234", "verify-of-alice-5678"):
            assert secret not in said

    def test_none_is_in_the_database(self, api: APIClient) -> None:
        made(api)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM channels_app_provider")
            row = str(cursor.fetchall())
        assert LONG_TOKEN not in row
        assert "secret-1" not in row
        assert "verify me" not in row


def test_two_providers_of_one_team_are_listed_as_they_were_made(api: APIClient, team: Team) -> None:
    first, second = make_provider(team), make_provider(team, "104216845990000")
    assert [row["id"] for row in api.get(URL).json()["results"]] == [str(first.pk), str(second.pk)]
