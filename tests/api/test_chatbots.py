"""Bots over REST, which calls them chatbots."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from channels_app import clock
from channels_app.models import AiProvider, Bot, Channel, Conversation, Direction, Message, Participant, Team

URL = "/api/v1/chatbots/"
SECRET = "a secret of both"


class TestMaking:
    def test_needs_a_name_and_an_engine(self, api: APIClient, team: Team) -> None:
        answer = api.post(URL, {"name": "Echo", "engine": "echo"})
        assert answer.status_code == 201
        shown = answer.json()
        assert Bot.objects.get(pk=shown.pop("id")).team == team
        assert shown == {
            "name": "Echo",
            "engine": "echo",
            "config": {},
            "speech": None,
            "hears_reactions": False,
            "is_active": True,
        }
        assert set(api.post(URL, {}).json()) == {"name", "engine"}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("engine", "oracle"),
            ("engine", ""),
            ("engine", "x" * 31),
            ("engine", ["echo"]),
            ("config", {"volume": 11}),
            ("config", []),
            ("config", "loud"),
            ("config", None),
            ("speech", {"ai_provider": "0199", "voice": "nova"}),
            ("speech", {"voice": "nova"}),
            ("speech", []),
            ("speech", {"ai_provider": None, "speech_model": "tts-1"}),
            ("speech", {"ai_provider": None, "voice": 7}),
            ("speech", {"ai_provider": None, "voice": "x" * 201}),
            ("speech", {"ai_provider": None, "voice": "\0"}),
            ("speech", {"ai_provider": None, "language": "Portuguese, please"}),
            ("speech", {"ai_provider": None, "engine": "gramophone"}),
            ("speech", {"ai_provider": None, "volume": "11"}),
            ("name", ""),
            ("is_active", "perhaps"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, api: APIClient, field: str, value: Any) -> None:
        answer = api.post(URL, {"name": "Echo", "engine": "echo", field: value})
        assert (answer.status_code, list(answer.json())) == (400, [field])

    @pytest.mark.parametrize("told", [{"voice": "es"}, {"language": "pt-BR"}, {"language": "auto"}, {}])
    def test_the_built_in_voice_needs_no_provider(self, api: APIClient, told: dict[str, str]) -> None:
        speech = {"ai_provider": None, **told}
        answer = api.post(URL, {"name": "Echo", "engine": "echo", "speech": speech})
        assert (answer.status_code, answer.json()["speech"]) == (201, speech)

    def test_names_the_engines_that_there_are(self, api: APIClient) -> None:
        assert "echo" in api.post(URL, {"name": "A", "engine": "oracle"}).json()["engine"][0]


class TestEngines:
    """What each engine takes; what is wrong with it is said with the name of the setting."""

    @pytest.fixture
    def config(self, team: Team) -> dict[str, Any]:
        provider = AiProvider.objects.create(team=team, name="Models", base_url="https://api.example.org/v1")
        rules = [{"when": ["hello"], "reply": "Good day!"}]
        return {
            "llm": {
                "ai_provider": str(provider.pk),
                "model": "gpt-test",
                "system_prompt": "Be kind.",
                "max_history": 4,
            },
            "http": {"url": "https://bots.example.org/turns", "secret": SECRET, "timeout": 20},
            "python": {"handlers": ["tests.bots.handlers.greeting"]},
            "rules": {"rules": rules, "hours": {"mon-fri": "08:00-17:00"}, "closed": "Closed."},
        }

    @pytest.fixture(autouse=True)
    def _allowed(self, settings: Settings) -> None:
        settings.BOT_HANDLERS = ["tests.bots.handlers.*"]

    @pytest.mark.parametrize("engine", ["llm", "http", "python", "rules"])
    def test_is_made_and_shown_as_it_was_sent(self, api: APIClient, config: dict[str, Any], engine: str) -> None:
        answer = api.post(URL, {"name": "Bot", "engine": engine, "config": config[engine]})
        assert answer.status_code == 201, answer.content
        shown = api.get(f"{URL}{answer.json()['id']}/").json()["config"]
        expected = config[engine] | ({"secret": "•••• both"} if engine == "http" else {})
        assert shown == expected

    @pytest.mark.parametrize(
        ("engine", "change", "word"),
        [
            ("llm", {"ai_provider": None}, "ai_provider: This is needed."),
            ("llm", {"ai_provider": "0199"}, "no such AI provider"),
            ("llm", {"ai_provider": 7}, "ai_provider: "),
            ("llm", {"model": ""}, "model: This is needed."),
            ("llm", {"model": ["a"]}, "model: "),
            ("llm", {"model": "a\nb"}, "model: "),
            ("llm", {"system_prompt": 5}, "system_prompt: "),
            ("llm", {"system_prompt": "x" * 100_001}, "system_prompt: "),
            ("llm", {"max_history": -1}, "max_history: "),
            ("llm", {"max_history": "20"}, "max_history: "),
            ("llm", {"max_history": True}, "max_history: "),
            ("llm", {"temperature": 2.5}, "temperature: "),
            ("llm", {"offer_choices": "yes"}, "offer_choices: "),
            ("llm", {"timezone": "Mars"}, "timezone: "),
            ("llm", {"timezone": "../../etc/passwd"}, "timezone: "),
            ("llm", {"volume": 11}, "volume: "),
            ("http", {"url": ""}, "url: This is needed."),
            ("http", {"url": "bots.example.org"}, "url: "),
            ("http", {"url": "http://10.0.0.1/turns"}, "OUTBOUND_PRIVATE_HOSTS"),
            ("http", {"url": "http://[::1]/"}, "OUTBOUND_PRIVATE_HOSTS"),
            ("http", {"timeout": 0}, "timeout: "),
            ("http", {"timeout": 121}, "timeout: "),
            ("http", {"secret": 5}, "secret: "),
            ("http", {"secret": "x" * 1001}, "secret: "),
            ("python", {"handlers": []}, "handlers: This is needed."),
            ("python", {"handlers": "tests.bots.handlers.greeting"}, "handlers: "),
            ("python", {"handlers": ["os.system"]}, "BOT_HANDLERS"),
            ("python", {"handlers": ["tests.bots.handlers.nobody"]}, "cannot be imported"),
            ("python", {"handlers": ["tests.bots.handlers.NUMBER"]}, "cannot be called"),
            ("rules", {"rules": {}}, "rules: "),
            ("rules", {"rules": [{"when": "a", "reply": {"text": "b", "choices": [{}]}}]}, "rules: Rule 1: "),
            ("rules", {"hours": {"mon": "late"}}, "hours: "),
            ("rules", {"fallback": {"txt": "Pardon?"}}, "fallback: "),
            ("rules", {"holidays": "always"}, "holidays: "),
            ("rules", {"fallback": {"attachment": {"media": str(UUID(int=7))}}}, "fallback: There is no file"),
        ],
    )
    def test_says_which_setting_is_wrong(
        self, api: APIClient, config: dict[str, Any], engine: str, change: dict[str, Any], word: str
    ) -> None:
        answer = api.post(URL, {"name": "Bot", "engine": engine, "config": config[engine] | change})
        assert (answer.status_code, list(answer.json())) == (400, ["config"])
        (said,) = answer.json()["config"]
        assert word in said

    def test_says_all_that_is_wrong_at_once(self, api: APIClient) -> None:
        said = api.post(URL, {"name": "Bot", "engine": "llm", "config": {"timeout": 0}}).json()["config"]
        assert [each.partition(":")[0] for each in said] == ["ai_provider", "model", "timeout"]

    def test_what_is_left_at_its_default_is_not_kept(self, api: APIClient, config: dict[str, Any]) -> None:
        body = {"name": "Bot", "engine": "llm", "config": {**config["llm"], "max_history": 20, "apology": None}}
        assert api.post(URL, body).json()["config"].keys() == {"ai_provider", "model", "system_prompt"}


class TestSecret:
    CONFIG = {"url": "https://bots.example.org/turns", "secret": SECRET}

    @pytest.fixture
    def own(self, api: APIClient) -> Bot:
        answer = api.post(URL, {"name": "Bot", "engine": "http", "config": self.CONFIG})
        found: Bot = Bot.objects.get(pk=answer.json()["id"])
        return found

    def test_is_kept_encrypted_and_apart(self, own: Bot) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM channels_app_bot")
            row = str(cursor.fetchall())
        assert own.secret == SECRET
        assert SECRET not in row

    @pytest.mark.parametrize("sent", [{}, {"secret": ""}, {"secret": "••••"}, {"secret": "•••• both"}])
    def test_sent_back_as_it_is_shown_it_stays(self, api: APIClient, own: Bot, sent: dict[str, str]) -> None:
        config = {"url": "https://bots.example.org/other", **sent}
        assert api.patch(f"{URL}{own.pk}/", {"config": config}).status_code == 200
        own.refresh_from_db()
        assert (own.config, own.secret) == ({"url": "https://bots.example.org/other"}, SECRET)

    @pytest.mark.parametrize(("sent", "kept"), [("another secret", "another secret"), (None, "")])
    def test_is_replaced_and_taken_away(self, api: APIClient, own: Bot, sent: str | None, kept: str) -> None:
        api.patch(f"{URL}{own.pk}/", {"config": {**self.CONFIG, "secret": sent}})
        own.refresh_from_db()
        assert own.secret == kept

    def test_does_not_outlive_its_engine_or_its_bot(self, api: APIClient, own: Bot) -> None:
        api.patch(f"{URL}{own.pk}/", {"engine": "echo", "config": {}})
        own.refresh_from_db()
        assert own.secret == ""
        api.patch(f"{URL}{own.pk}/", {"engine": "http", "config": self.CONFIG})
        api.delete(f"{URL}{own.pk}/")
        own.refresh_from_db()
        assert own.secret == ""

    def test_another_engine_has_to_be_set_up_anew(self, api: APIClient, own: Bot) -> None:
        answer = api.patch(f"{URL}{own.pk}/", {"engine": "rules"})
        assert (answer.status_code, list(answer.json())) == (400, ["config"])


class TestChanging:
    def test_changes_what_is_named(self, api: APIClient, bot: Bot) -> None:
        answer = api.patch(f"{URL}{bot.pk}/", {"name": "Echo 2", "config": {}})
        assert (answer.status_code, answer.json()["name"], answer.json()["engine"]) == (200, "Echo 2", "echo")

    def test_switched_on_again_it_answers_what_was_held(self, api: APIClient, channel: Channel) -> None:
        Bot.objects.filter(pk=channel.bot_id).update(is_active=False)
        person = Participant.objects.create(team=channel.team, portfolio="waba:1", wa_id="27831234567")
        conversation = Conversation.objects.create(team=channel.team, channel=channel, participant=person)
        held = Message.objects.create(
            team=channel.team, channel=channel, conversation=conversation, direction=Direction.INBOUND, type="text",
            status="held", wamid="wamid.1", sent_at=clock.now(),
        )  # fmt: skip
        api.patch(f"{URL}{channel.bot_id}/", {"is_active": True})
        held.refresh_from_db()
        conversation.refresh_from_db()
        assert held.status == "received"
        assert conversation.due_at is not None


class TestDeleting:
    def test_is_refused_while_it_answers_a_channel(self, api: APIClient, channel: Channel) -> None:
        answer = api.delete(f"{URL}{channel.bot_id}/")
        assert answer.status_code == 409
        assert "1 channel" in answer.json()["detail"]

    def test_it_is_gone(self, api: APIClient, bot: Bot) -> None:
        assert api.delete(f"{URL}{bot.pk}/").status_code == 204
        assert api.get(f"{URL}{bot.pk}/").status_code == 404
        assert api.delete(f"{URL}{bot.pk}/").status_code == 404
        assert api.get(URL).json()["results"] == []
