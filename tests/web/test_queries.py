"""Pages cost a bounded number of queries, however much a team has."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels_app.models import AiProvider, ApiKey, Bot, Team
from channels_app.teams import audit
from channels_app.teams.models import User
from channels_app.teams.roles import Role
from tests.fixtures import make_channel, make_provider, person
from tests.web.pages import signed_in

PAGES = [
    *("", "bots/", "settings/", "settings/providers/", "settings/people/", "settings/keys/", "settings/audit/"),
    *("conversations/", "dashboard/", "dashboard/?days=90"),
]
MOST = 24


@pytest.fixture
def olga(team: Team) -> User:
    return person("olga@example.org", team, Role.OWNER)


def furnish(team: Team, first: int, count: int) -> None:
    for number in range(first, first + count):
        provider = make_provider(team, str(104216845993017 + number))
        bot = Bot.objects.create(team=team, name=f"Bot {number}", engine="echo")
        make_channel(provider, str(118930421775604 + number), bot=bot, phone_number=f"+2760055{number:04}")
        AiProvider.objects.create(team=team, name=f"AI {number}", base_url="https://ai.example.org/v1")
        ApiKey.make(team, f"Key {number}")
        person(f"member-{number}@example.org", team)
        audit.record(team.pk, audit.SYSTEM, "bot.added", bot)


def count(client: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/t/clinic/{path}").status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", PAGES)
def test_ten_times_as_much_takes_no_more_queries(olga: User, team: Team, path: str) -> None:
    client = signed_in(olga)
    furnish(team, 0, 2)
    count(client, path)
    few = count(client, path)
    furnish(team, 2, 20)
    assert count(client, path) <= few <= MOST


def test_so_does_a_bots_page(olga: User, team: Team) -> None:
    client = signed_in(olga)
    furnish(team, 0, 1)
    bot = Bot.objects.get()
    few = count(client, f"bots/{bot.pk}/")
    for number in range(1, 20):
        make_channel(make_provider(team, str(204216845993017 + number)), str(218930421775604 + number), bot=bot)
    assert count(client, f"bots/{bot.pk}/") <= few <= MOST
