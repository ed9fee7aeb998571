"""AI providers over REST: a team's address and key of a model, and nobody else's."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from channels_app.bots import ai, setup
from channels_app.models import AiProvider, Bot, Team

URL = "/api/v1/ai-providers/"
BASE = "https://api.example.org/v1"
KEY = "sk-0123456789abcdefghij"


@pytest.fixture
def own(team: Team) -> AiProvider:
    return AiProvider.objects.create(team=team, name="Models", base_url=BASE, api_key=KEY)


@pytest.fixture
def theirs(other_team: Team) -> AiProvider:
    return AiProvider.objects.create(team=other_team, name="Theirs", base_url=BASE, api_key="sk-of-the-bakery-000")


class TestMaking:
    def test_needs_a_name_and_an_address(self, api: APIClient, team: Team) -> None:
        answer = api.post(URL, {"name": "Models", "base_url": f"{BASE}/"})
        assert answer.status_code == 201
        shown = answer.json()
        assert AiProvider.objects.get(pk=shown.pop("id")).team == team
        assert shown == {"name": "Models", "base_url": BASE, "api_key": ""}
        assert set(api.post(URL, {}).json()) == {"name", "base_url"}

    def test_keeps_the_key_encrypted_and_shows_its_end_alone(self, api: APIClient) -> None:
        shown = api.post(URL, {"name": "Models", "base_url": BASE, "api_key": KEY}).json()
        assert shown["api_key"] == "•••• ghij"
        assert AiProvider.objects.get().api_key == KEY
        with connection.cursor() as cursor:
            cursor.execute("SELECT api_key FROM channels_app_aiprovider")
            (stored,) = cursor.fetchone()
        assert KEY not in stored

    def test_takes_the_address_of_completions_for_what_is_meant(self, api: APIClient) -> None:
        shown = api.post(URL, {"name": "Models", "base_url": f" {BASE}/chat/completions "}).json()
        assert shown["base_url"] == BASE

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "x" * 121),
            ("base_url", ""),
            ("base_url", "api.example.org"),
            ("base_url", "http://127.0.0.1:11434/v1"),
            ("base_url", "http://localhost:11434/v1"),
            ("base_url", "http://169.254.169.254/v1"),
            ("base_url", "https://user:pass@api.example.org/v1"),
            ("base_url", f"{BASE}?key=1"),
            ("base_url", "https://" + "x" * 600),
            ("api_key", "two words"),
            ("api_key", "ключ"),
            ("api_key", "x" * 5000),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, api: APIClient, field: str, value: Any) -> None:
        answer = api.post(URL, {"name": "Models", "base_url": BASE, field: value})
        assert (answer.status_code, list(answer.json())) == (400, [field])

    def test_a_private_host_is_taken_where_the_operator_allowed_it(self, api: APIClient, settings: Settings) -> None:
        settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
        assert api.post(URL, {"name": "Ollama", "base_url": "http://127.0.0.1:11434/v1"}).status_code == 201


class TestChanging:
    @pytest.mark.parametrize("sent", ["", "••••", "•••• ghij"])
    def test_a_key_that_comes_back_as_it_is_shown_stays(self, api: APIClient, own: AiProvider, sent: str) -> None:
        answer = api.patch(f"{URL}{own.pk}/", {"name": "Renamed", "api_key": sent})
        own.refresh_from_db()
        assert (answer.status_code, own.name, own.api_key) == (200, "Renamed", KEY)

    def test_a_new_key_replaces_it(self, api: APIClient, own: AiProvider) -> None:
        api.patch(f"{URL}{own.pk}/", {"api_key": "sk-new"})
        own.refresh_from_db()
        assert own.api_key == "sk-new"

    def test_the_kept_key_goes_to_no_other_host(self, api: APIClient, own: AiProvider) -> None:
        elsewhere = {"base_url": "https://elsewhere.example.net/v1"}
        answer = api.patch(f"{URL}{own.pk}/", elsewhere)
        assert (answer.status_code, list(answer.json())) == (400, ["api_key"])
        assert api.patch(f"{URL}{own.pk}/", {**elsewhere, "api_key": "sk-of-there"}).status_code == 200
        assert api.patch(f"{URL}{own.pk}/", {"base_url": "https://elsewhere.example.net/v2"}).status_code == 200


class TestDeleting:
    def test_is_refused_while_a_bot_asks_it_or_speaks_through_it(
        self, api: APIClient, own: AiProvider, team: Team
    ) -> None:
        asking = Bot.objects.create(team=team, name="A", engine="llm", ai_provider=own, config={"model": "m"})
        speaking = Bot.objects.create(team=team, name="B", speech={"ai_provider": str(own.pk)})
        answer = api.delete(f"{URL}{own.pk}/")
        assert (answer.status_code, "2 bots" in answer.json()["detail"]) == (409, True)
        for bot in (asking, speaking):
            assert api.delete(f"/api/v1/chatbots/{bot.pk}/").status_code == 204
        assert api.delete(f"{URL}{own.pk}/").status_code == 204
        own.refresh_from_db()
        assert (own.api_key, own.deleted_at is None) == ("", False)
        assert api.get(f"{URL}{own.pk}/").status_code == 404
        assert api.get(URL).json()["results"] == []

    def test_is_refused_however_the_bot_s_voice_wrote_its_id(self, api: APIClient, own: AiProvider) -> None:
        speech = {"ai_provider": own.pk.hex.upper(), "speech_model": "tts-1"}
        made = api.post("/api/v1/chatbots/", {"name": "Bot", "engine": "echo", "speech": speech})
        assert made.json()["speech"]["ai_provider"] == str(own.pk)
        assert api.delete(f"{URL}{own.pk}/").status_code == 409

    def test_a_voice_is_not_given_to_a_bot_when_its_provider_goes_meanwhile(self, team: Team, own: AiProvider) -> None:
        bot = Bot.objects.create(team=team, name="Bot", engine="echo")
        changes = setup.clean(bot, {"speech": {"ai_provider": str(own.pk), "speech_model": "tts-1"}})
        ai.delete(own)
        with pytest.raises(ValidationError) as caught:
            setup.save(bot, changes)
        assert list(caught.value.message_dict) == ["speech"]
        bot.refresh_from_db()
        assert bot.speech is None


class TestOtherTeams:
    @pytest.mark.parametrize("method", ["get", "patch", "delete"])
    def test_theirs_do_not_exist(self, api: APIClient, theirs: AiProvider, method: str) -> None:
        assert getattr(api, method)(f"{URL}{theirs.pk}/", {"name": "Mine"}).status_code == 404
        assert api.get(URL).json()["results"] == []

    @pytest.mark.parametrize("field", ["config", "speech"])
    def test_theirs_answer_for_no_bot_of_ours(
        self, api: APIClient, theirs: AiProvider, own: AiProvider, field: str
    ) -> None:
        config, speech = {"ai_provider": str(own.pk), "model": "m"}, {"ai_provider": str(own.pk)}
        body = {"name": "Bot", "engine": "llm", "config": config, "speech": speech}
        assert api.post("/api/v1/chatbots/", body).status_code == 201
        body[field] = {**body[field], "ai_provider": str(theirs.pk)}  # type: ignore[dict-item]
        answer = api.post("/api/v1/chatbots/", body)
        assert (answer.status_code, list(answer.json())) == (400, [field])
        assert "no such AI provider" in str(answer.json())
