"""Bots and AI providers in the admin: a form for each engine, each complaint at its field, and no secret shown."""

import json
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django.fixtures import Settings

from channels_app import clock
from channels_app.models import AiProvider, Bot, Channel, Conversation, Message, Participant, Team
from tests.admin.test_admin import act, complaints, page, said, staff

__all__ = ["staff"]

KEY = "sk-0123456789abcdefghij"
SECRET = "a secret of both"


@pytest.fixture
def models(team: Team) -> AiProvider:
    return AiProvider.objects.create(team=team, name="Models", base_url="https://api.example.org/v1", api_key=KEY)


class TestAiProvider:
    def form(self, team: Team, **more: str) -> dict[str, str]:
        return {
            "team": str(team.pk),
            "name": "Models",
            "base_url": "https://api.example.org/v1/",
            "api_key": KEY,
        } | more

    def test_is_made(self, staff: Client, team: Team) -> None:
        assert staff.post(page("aiprovider_add"), self.form(team)).status_code == 302
        row = AiProvider.objects.get()
        assert (row.team, row.base_url, row.api_key) == (team, "https://api.example.org/v1", KEY)

    def test_its_key_is_on_no_page_and_stays_while_its_field_is_empty(self, staff: Client, models: AiProvider) -> None:
        for url in (page("aiprovider_changelist"), page("aiprovider_change", models.pk)):
            assert KEY not in staff.get(url).content.decode()
        form = {"name": "Renamed", "base_url": models.base_url, "api_key": ""}
        assert staff.post(page("aiprovider_change", models.pk), form).status_code == 302
        models.refresh_from_db()
        assert (models.name, models.api_key) == ("Renamed", KEY)
        assert KEY not in str(list(LogEntry.objects.values()))

    @pytest.mark.parametrize(("field", "value"), [("base_url", "http://10.0.0.1/v1"), ("api_key", "two words")])
    def test_says_at_the_field_what_is_wrong(self, staff: Client, team: Team, field: str, value: str) -> None:
        assert list(complaints(staff.post(page("aiprovider_add"), self.form(team, **{field: value})))) == [field]

    def test_is_not_deleted_while_a_bot_asks_it(self, staff: Client, models: AiProvider, team: Team) -> None:
        bot = Bot.objects.create(
            team=team, name="Receptionist", engine="llm", ai_provider=models, config={"model": "m"}
        )
        url = page("aiprovider_delete", models.pk)
        assert b"Receptionist" in staff.get(url).content
        staff.post(url, {"post": "yes"})
        assert AiProvider.objects.get().deleted_at is None
        Bot.objects.filter(pk=bot.pk).update(deleted_at=clock.now())
        staff.post(url, {"post": "yes"})
        assert AiProvider.objects.get().api_key == ""


class TestBot:
    @pytest.fixture(autouse=True)
    def _allowed(self, settings: Settings) -> None:
        settings.BOT_HANDLERS = ["tests.bots.handlers.*"]

    def form(self, team: Team, engine: str, **more: str) -> dict[str, str]:
        return {"team": str(team.pk), "name": "Bot", "engine": engine, "is_active": "on"} | more

    def test_of_each_engine_has_its_fields(self, staff: Client, db: None) -> None:
        shown = staff.get(page("bot_add")).content.decode()
        for name in ("llm_model", "llm_system_prompt", "http_url", "http_secret", "python_handlers", "rules_rules"):
            assert f'name="{name}"' in shown
        assert "{participant_name}" in shown

    def test_that_asks_a_model_is_made_and_changed(self, staff: Client, team: Team, models: AiProvider) -> None:
        form = self.form(
            team, "llm", llm_ai_provider=str(models.pk), llm_model="gpt-test", llm_system_prompt="Be kind.\nAlways.",
            llm_max_history="5", llm_temperature="0.5", llm_offer_choices="on", llm_timezone="Africa/Johannesburg",
        )  # fmt: skip
        answer = staff.post(page("bot_add"), form)
        assert answer.status_code == 302, complaints(answer)
        row = Bot.objects.get()
        expected = {"model": "gpt-test", "system_prompt": "Be kind.\nAlways.", "max_history": 5, "temperature": 0.5}
        assert (row.ai_provider, row.config) == (models, {**expected, "timezone": "Africa/Johannesburg"})
        shown = staff.get(page("bot_change", row.pk)).content.decode()
        assert "Be kind.\nAlways." in shown
        assert 'value="gpt-test"' in shown
        staff.post(page("bot_change", row.pk), {**form, "llm_model": "gpt-2", "llm_offer_choices": ""})
        row.refresh_from_db()
        assert (row.config["model"], row.config["offer_choices"]) == ("gpt-2", False)

    def test_that_is_a_service_keeps_its_secret_unseen(self, staff: Client, team: Team) -> None:
        form = self.form(team, "http", http_url="https://bots.example.org/turns", http_secret=SECRET)
        assert staff.post(page("bot_add"), form).status_code == 302
        row = Bot.objects.get()
        assert SECRET not in staff.get(page("bot_change", row.pk)).content.decode()
        staff.post(page("bot_change", row.pk), {**form, "http_secret": "", "http_timeout": "9"})
        row.refresh_from_db()
        assert (row.secret, row.config["timeout"]) == (SECRET, 9)
        assert SECRET not in str(list(LogEntry.objects.values()))

    def test_that_is_python_has_its_handlers_one_in_a_line(self, staff: Client, team: Team) -> None:
        lines = "tests.bots.handlers.greeting\n\n tests.bots.handlers.booking "
        staff.post(page("bot_add"), self.form(team, "python", python_handlers=lines))
        row = Bot.objects.get()
        assert row.config == {"handlers": ["tests.bots.handlers.greeting", "tests.bots.handlers.booking"]}
        assert "tests.bots.handlers.greeting\ntests" in staff.get(page("bot_change", row.pk)).content.decode()

    def test_that_follows_rules_is_written_down(self, staff: Client, team: Team) -> None:
        rules = [{"when": ["hello"], "reply": {"text": "Good day!", "choices": ["Book a visit"]}}]
        form = self.form(team, "rules", rules_rules=json.dumps(rules), rules_fallback="Pardon?")
        assert staff.post(page("bot_add"), form).status_code == 302
        row = Bot.objects.get()
        assert row.config == {"rules": rules, "fallback": "Pardon?"}
        assert "Book a visit" in staff.get(page("bot_change", row.pk)).content.decode()

    @pytest.mark.parametrize(
        ("engine", "field", "value", "word"),
        [
            ("llm", "ai_provider", "", "needed"),
            ("llm", "model", "", "needed"),
            ("llm", "max_history", "many", "whole number"),
            ("llm", "max_history", "5000", "from 0 to 200"),
            ("llm", "timezone", "Mars", "time zone"),
            ("http", "url", "http://localhost/turns", "OUTBOUND_PRIVATE_HOSTS"),
            ("python", "handlers", "os.system", "BOT_HANDLERS"),
            ("rules", "rules", "[{", "not JSON (line 1"),
            ("rules", "rules", '[{"when": "a"}]', "Rule 1: `reply` is needed"),
            ("rules", "hours", "late", "object of days"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(
        self, staff: Client, team: Team, models: AiProvider, engine: str, field: str, value: str, word: str
    ) -> None:
        good = {
            "llm_ai_provider": str(models.pk),
            "llm_model": "gpt-test",
            "http_url": "https://bots.example.org/turns",
            "python_handlers": "tests.bots.handlers.greeting",
            "rules_rules": '[{"when": "a", "reply": "b"}]',
        }
        own = {name: each for name, each in good.items() if name.startswith(engine)}
        answer = staff.post(page("bot_add"), self.form(team, engine, **{**own, f"{engine}_{field}": value}))
        found = complaints(answer)
        assert list(found) == [f"{engine}_{field}"]
        assert word in found[f"{engine}_{field}"][0]

    def test_what_another_engine_would_complain_of_is_no_matter(self, staff: Client, team: Team) -> None:
        form = self.form(team, "echo", http_url="nonsense", rules_rules="")
        assert staff.post(page("bot_add"), form).status_code == 302

    def test_a_provider_of_another_team_is_none(self, staff: Client, other_team: Team, models: AiProvider) -> None:
        form = self.form(other_team, "llm", llm_ai_provider=str(models.pk), llm_model="gpt-test")
        assert list(complaints(staff.post(page("bot_add"), form))) == ["llm_ai_provider"]

    def test_may_change_its_engine(self, staff: Client, team: Team, bot: Bot) -> None:
        form = self.form(team, "http", http_url="https://bots.example.org/turns")
        assert staff.post(page("bot_change", bot.pk), form).status_code == 302
        bot.refresh_from_db()
        assert (bot.engine, bot.config) == ("http", {"url": "https://bots.example.org/turns"})

    def test_switched_on_it_answers_what_was_held(self, staff: Client, team: Team, channel: Channel) -> None:
        Bot.objects.update(is_active=False)
        conversation = waiting_since(channel, None)
        message = held(conversation)
        staff.post(page("bot_change", channel.bot_id), self.form(team, "echo"))
        message.refresh_from_db()
        assert message.status == "received"


def waiting_since(channel: Channel, moment: Any) -> Conversation:
    person = Participant.objects.create(team=channel.team, portfolio="waba:1", wa_id="15550100")
    return Conversation.objects.create(
        team=channel.team, channel=channel, participant=person, waiting_since=moment, waiting_why="wants a person"
    )


def held(conversation: Conversation) -> Message:
    return Message.objects.create(
        team=conversation.team, channel=conversation.channel, conversation=conversation, direction="inbound",
        type="text", status="held", wamid="wamid.1", sent_at=clock.now(),
    )  # fmt: skip


def test_a_conversation_that_waits_is_found_and_given_back(staff: Client, channel: Channel) -> None:
    conversation = waiting_since(channel, clock.now())
    message = held(conversation)
    listed = staff.get(page("conversation_changelist"), {"waiting_since__isempty": "0"}).content.decode()
    assert "15550100" in listed
    assert "wants a person" in staff.get(page("conversation_change", conversation.pk)).content.decode()
    assert "1" in said(act(staff, "conversation", "give_back", conversation))
    conversation.refresh_from_db()
    message.refresh_from_db()
    assert (conversation.waiting_since, conversation.waiting_why, message.status) == (None, "", "received")
    assert conversation.due_at is not None
