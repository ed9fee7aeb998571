"""Who may ask at the API, how often, and whose rows they see."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import override_settings
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from channels_app import clock
from channels_app.api import throttling
from channels_app.models import ApiKey, Bot, Channel, Provider, Team

LISTS = ["providers", "ai-providers", "chatbots", "channels", "conversations", "messages"]


class TestKeys:
    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer ocsm_wrong", "Basic abc", "Bearer \xff\xfe", "Token x"])
    def test_without_a_valid_key_nobody_is_told_anything(self, db: None, header: str) -> None:
        answer = APIClient(HTTP_AUTHORIZATION=header).get("/api/v1/providers/")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json()["detail"]

    @pytest.mark.parametrize("name", LISTS)
    def test_a_key_sees_its_team(self, api: APIClient, name: str) -> None:
        answer = api.get(f"/api/v1/{name}/")
        assert answer.status_code == 200
        assert answer.json() == {"next": None, "previous": None, "results": []}

    def test_a_revoked_key_is_no_key(self, team: Team) -> None:
        row, key = ApiKey.make(team)
        ApiKey.objects.filter(pk=row.pk).update(revoked_at=clock.now())
        assert APIClient(HTTP_AUTHORIZATION=f"Bearer {key}").get("/api/v1/channels/").status_code == 401

    def test_the_key_itself_is_not_kept(self, team: Team) -> None:
        row, key = ApiKey.make(team)
        assert key not in str(ApiKey.objects.filter(pk=row.pk).values().get())

    def test_its_last_use_is_written_once_a_minute(self, team: Team) -> None:
        row, key = ApiKey.make(team)
        client = APIClient(HTTP_AUTHORIZATION=f"bearer {key}")
        noted = []
        now = clock.now()
        for seconds in (0, 30, 61):
            with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
                client.get("/api/v1/channels/")
            noted.append(ApiKey.objects.get(pk=row.pk).last_used_at)
        assert noted == [now, now, now + timedelta(seconds=61)]


class TestThrottle:
    @pytest.fixture(autouse=True)
    def _counting(self) -> None:
        cache.clear()
        throttling._count.__init__()  # type: ignore[misc]

    def test_past_its_requests_a_key_is_told_when_to_come_back(self, api: APIClient, settings: Settings) -> None:
        settings.API_REQUESTS_A_MINUTE = 3
        with time_machine.travel("2026-05-01T10:00:20Z", tick=False):
            codes = [api.get("/api/v1/channels/").status_code for _ in range(4)]
            assert codes == [200, 200, 200, 429]
            assert api.get("/api/v1/channels/")["Retry-After"] == "40"
        with time_machine.travel("2026-05-01T10:01:00Z", tick=False):
            assert api.get("/api/v1/channels/").status_code == 200

    def test_each_key_has_its_own_count(self, team: Team, api: APIClient, settings: Settings) -> None:
        settings.API_REQUESTS_A_MINUTE = 1
        another = APIClient(HTTP_AUTHORIZATION=f"Bearer {ApiKey.make(team)[1]}")
        assert [client.get("/api/v1/channels/").status_code for client in (api, another, api)] == [200, 200, 429]

    def test_at_least_1200_a_minute_are_taken(self) -> None:
        assert throttling.REQUESTS_A_MINUTE >= 1200

    def test_nobody_is_refused_while_redis_is_away(self, api: APIClient, settings: Settings) -> None:
        settings.API_REQUESTS_A_MINUTE = 1
        away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
        with override_settings(CACHES={"default": away}):
            assert [api.get("/api/v1/channels/").status_code for _ in range(3)] == [200, 200, 200]


class TestOtherTeams:
    @pytest.fixture
    def theirs(self, channel: Channel) -> dict[str, Any]:
        return {"providers": channel.provider_id, "chatbots": channel.bot_id, "channels": channel.pk}

    @pytest.mark.parametrize("name", ["providers", "chatbots", "channels"])
    @pytest.mark.parametrize("method", ["get", "patch", "delete"])
    def test_their_things_do_not_exist(
        self, other_api: APIClient, theirs: dict[str, Any], name: str, method: str
    ) -> None:
        answer = getattr(other_api, method)(f"/api/v1/{name}/{theirs[name]}/", {"name": "Mine"})
        assert answer.status_code == 404

    @pytest.mark.parametrize("name", ["providers", "chatbots", "channels"])
    def test_they_are_not_listed(self, other_api: APIClient, theirs: dict[str, Any], name: str) -> None:
        assert other_api.get(f"/api/v1/{name}/").json()["results"] == []

    def test_a_check_of_theirs_does_not_exist(self, other_api: APIClient, provider: Provider) -> None:
        assert other_api.post(f"/api/v1/providers/{provider.pk}/check/").status_code == 404

    def test_naming_theirs_in_a_body_is_said_not_to_exist(
        self, other_api: APIClient, other_team: Team, channel: Channel
    ) -> None:
        own = Bot.objects.create(team=other_team, name="Own")
        body = {"provider": str(channel.provider_id), "chatbot": str(channel.bot_id), "phone_number": "+27600551234"}
        answer = other_api.post("/api/v1/channels/", body)
        assert answer.status_code == 400
        assert set(answer.json()) == {"provider", "chatbot"}
        assert "chatbot" not in other_api.post("/api/v1/channels/", {**body, "chatbot": str(own.pk)}).json()

    def test_naming_their_channel_in_a_message_is_said_not_to_exist(
        self, other_api: APIClient, channel: Channel
    ) -> None:
        answer = other_api.post("/api/v1/messages/", {"channel": str(channel.pk), "to": "+27831234567", "text": "Hi"})
        assert (answer.status_code, list(answer.json())) == (400, ["channel"])

    @pytest.mark.parametrize("name", ["conversations", "messages"])
    def test_filtering_by_theirs_finds_nothing(self, other_api: APIClient, channel: Channel, name: str) -> None:
        answer = other_api.get(f"/api/v1/{name}/", {"channel": str(channel.pk)})
        assert (answer.status_code, answer.json()["results"]) == (200, [])


class TestAddresses:
    def test_what_is_nowhere_is_not_found(self, api: APIClient) -> None:
        answer = api.get("/api/v1/nonsense/")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")

    @pytest.mark.parametrize("name", LISTS)
    def test_an_id_that_is_none_is_not_found(self, api: APIClient, name: str) -> None:
        assert api.get(f"/api/v1/{name}/abc/").status_code == 404
        assert api.get(f"/api/v1/{name}/{uuid4()}/").status_code == 404

    @pytest.mark.parametrize(
        ("method", "path"), [("put", "providers"), ("delete", "messages"), ("options", "channels")]
    )
    def test_other_methods_are_not_allowed(self, api: APIClient, method: str, path: str) -> None:
        assert getattr(api, method)(f"/api/v1/{path}/").status_code == 405

    @pytest.mark.parametrize("name", ["conversations", "messages"])
    def test_what_passed_is_not_changed(self, api: APIClient, name: str) -> None:
        for method in ("patch", "delete"):
            assert getattr(api, method)(f"/api/v1/{name}/{uuid4()}/").status_code == 405
