"""Bots over REST, which calls them chatbots."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from channels_app import clock
from channels_app.models import Bot, Channel, Conversation, Direction, Message, Participant, Team

URL = "/api/v1/chatbots/"


class TestMaking:
    def test_needs_a_name_and_an_engine(self, api: APIClient, team: Team) -> None:
        answer = api.post(URL, {"name": "Echo", "engine": "echo"})
        assert answer.status_code == 201
        shown = answer.json()
        assert Bot.objects.get(pk=shown.pop("id")).team == team
        assert shown == {"name": "Echo", "engine": "echo", "config": {}, "speech": None, "is_active": True}
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
            ("name", ""),
            ("is_active", "perhaps"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, api: APIClient, field: str, value: Any) -> None:
        answer = api.post(URL, {"name": "Echo", "engine": "echo", field: value})
        assert (answer.status_code, list(answer.json())) == (400, [field])

    def test_names_the_engines_that_there_are(self, api: APIClient) -> None:
        assert "echo" in api.post(URL, {"name": "A", "engine": "oracle"}).json()["engine"][0]


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
