"""The pages of a team, and what watches over the process."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from channels_app import notices
from channels_app.errors import Problem
from channels_app.models import Channel, Team, User
from channels_app.web import health
from tests.fixtures import change as change_of
from tests.fixtures import notification as notification_of
from tests.fixtures import text


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestHome:
    def test_strangers_are_asked_to_sign_in(self, client: Client, db: None) -> None:
        assert client.get("/")["Location"] == "/accounts/login/"

    def test_a_member_of_one_team_is_led_there(self, alice: User) -> None:
        assert signed_in(alice).get("/")["Location"] == "/t/clinic/"

    def test_a_member_of_several_may_choose(self, alice: User, other_team: Team) -> None:
        other_team.members.add(alice)
        page = signed_in(alice).get("/").content.decode()
        assert "/t/clinic/" in page
        assert "/t/bakery/" in page

    def test_a_member_of_none_is_told_so(self, alice: User) -> None:
        alice.memberships.all().delete()
        assert "no team yet" in signed_in(alice).get("/").content.decode()


class TestTeamPage:
    def test_it_names_bots_and_numbers(self, alice: User, bob: User, channel: Channel) -> None:
        for member in (alice, bob):
            page = signed_in(member).get("/t/clinic/").content.decode()
            assert f'href="/t/clinic/bots/{channel.bot_id}/"' in page
            assert "+27 60 055 1234" in page
            assert "Nothing does." in page

    def test_it_tells_what_needs_attention(self, bob: User, channel: Channel) -> None:
        problem = Problem(code=190, title="The token is dead.", detail="It expired.", advice="Save a new one.")
        notices.tell(channel.provider, notices.ACCESS, problem)
        page = signed_in(bob).get("/t/clinic/").content.decode()
        assert "The token is dead." in page
        assert "Save a new one." in page

    def test_to_charlie_it_does_not_exist(self, charlie: User, channel: Channel) -> None:
        client = signed_in(charlie)
        assert client.get("/t/clinic/").status_code == 404
        assert client.get(f"/t/clinic/bots/{channel.bot_id}/").status_code == 404
        assert client.get(f"/t/bakery/bots/{channel.bot_id}/").status_code == 404

    def test_a_bot_has_a_page_of_its_own(self, bob: User, channel: Channel) -> None:
        page = signed_in(bob).get(f"/t/clinic/bots/{channel.bot_id}/").content.decode()
        assert "<h1" in page
        assert "+27 60 055 1234" in page

    def test_strangers_are_asked_to_sign_in(self, client: Client, channel: Channel) -> None:
        assert client.get("/t/clinic/")["Location"].startswith("/accounts/login/?next=/t/clinic/")


@pytest.mark.parametrize(
    "path", ["login/", "password/reset/", "email/", "password/change/", "logout/", "2fa/", "reauthenticate/"]
)
def test_the_pages_of_an_account_look_like_ours(path: str, alice: User) -> None:
    client = Client() if path in ("login/", "password/reset/") else signed_in(alice)
    page = client.get(f"/accounts/{path}").content.decode()
    assert "channels_app/main.css" in page
    assert "OCS Meta" in page


def test_nobody_is_invited_to_sign_up(client: Client, db: None) -> None:
    assert "signup" not in client.get("/accounts/login/").content.decode()


def test_what_is_not_there_has_a_page_that_says_so(client: Client, db: None) -> None:
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


class TestHealth:
    @pytest.fixture(autouse=True)
    def _nobody_asked_before(self) -> None:
        health._workers.__init__()  # type: ignore[misc]

    def test_it_is_well_while_the_database_answers(self, client: Client, db: None) -> None:
        answer = client.get("/health/", headers={"Host": "10.0.0.7"})
        found = json.loads(answer.content)
        assert answer.status_code == 200
        assert (found["database"], found["migrations"], found["workers"]) == (True, True, False)
        assert found["versions"]["graph_api"] == "v25.0"
        assert found["pictures"] is True

    @pytest.mark.parametrize(("voice", "speaks"), [("espeak", True), ("silent", False)])
    def test_it_says_whether_sounds_are_converted_and_bots_speak(
        self, client: Client, db: None, settings: Any, voice: str, speaks: bool
    ) -> None:
        settings.BUILT_IN_VOICE = voice
        found = client.get("/health/").json()
        assert (found["conversion"], found["speech"]) == (True, speaks)

    def test_it_says_so_when_the_database_is_away(self, client: Client, db: None, monkeypatch: Any) -> None:
        def away(*args: Any) -> None:
            raise DatabaseError("away")

        monkeypatch.setattr(connection, "cursor", away)
        answer = client.get("/health/")
        monkeypatch.undo()
        assert answer.status_code == 503
        assert json.loads(answer.content)["database"] is False


class TestMetrics:
    def test_they_count_what_waits(self, client: Client, post: Any, channel: Channel) -> None:
        post(notification_of(change_of(text())))
        page = client.get("/metrics").content.decode()
        assert 'ocs_meta_events_waiting{kind="message"} 1.0' in page
        assert 'ocs_meta_webhook_items_total{outcome="kept"} 1.0' in page

    def test_they_count_what_passed(self, client: Client, post: Any, channel: Channel, graph: Any, work: Any) -> None:
        post(notification_of(change_of(text())))
        work()
        page = client.get("/metrics").content.decode()
        assert 'ocs_meta_messages_last_hour{direction="inbound",status="answered"} 1.0' in page
        assert 'ocs_meta_messages_last_hour{direction="outbound",status="accepted"} 1.0' in page
