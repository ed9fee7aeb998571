"""The phone at /simulator/: who may take it, and what can be done with it."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from channels_app import clock, formatting
from channels_app.models import Channel, Conversation, Team, User
from channels_app.simulator import accounts, people
from channels_app.simulator.models import SimulatedChat, SimulatedMessage, SimulatedNumber, SimulatedPerson
from channels_app.teams.models import Membership
from tests.fixtures import eventually, make_provider

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


def page_of(chat: SimulatedChat, action: str = "") -> str:
    return f"/simulator/{chat.number.phone_number_id}/{chat.person_id}/{action}"


def seen_in(html: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', html)
    assert found
    return found[1]


def bubbles_in(html: str) -> list[str]:
    return re.findall(r'class="bubble-text"[^>]*>(.*?)</div>', html, re.DOTALL)


class TestDoors:
    def test_members_may(self, browser: Client, chat: SimulatedChat) -> None:
        assert browser.get(page_of(chat)).status_code == 200

    def test_to_others_it_does_not_exist(self, wired: LiveServer, chat: SimulatedChat, charlie: User) -> None:
        client = Client()
        client.force_login(charlie)
        for path in (page_of(chat), page_of(chat, "news/"), f"/simulator/{chat.number.phone_number_id}/"):
            assert client.get(path).status_code == 404
        assert client.post(page_of(chat, "write/"), {"text": "Hi"}).status_code == 404
        assert not SimulatedMessage.objects.exists()

    def test_strangers_are_asked_to_sign_in(self, client: Client, chat: SimulatedChat) -> None:
        assert client.get(page_of(chat))["Location"].startswith("/accounts/login/?next=/simulator/")
        assert client.get(page_of(chat, "news/"), headers=HTMX)["HX-Refresh"] == "true"

    def test_in_the_demo_everyone_may_but_not_with_other_teams_numbers(
        self, client: Client, chat: SimulatedChat, team: Team, settings: Any
    ) -> None:
        settings.DEMO = True
        assert client.get(page_of(chat)).status_code == 404
        Team.objects.filter(pk=team.pk).update(slug="demo")
        assert client.get(page_of(chat)).status_code == 200

    def test_a_person_of_another_team_cannot_be_played(
        self, browser: Client, number: SimulatedNumber, other_team: Team
    ) -> None:
        theirs = people.somebody(other_team.pk)
        assert browser.get(f"/simulator/{number.phone_number_id}/{theirs.pk}/").status_code == 404

    def test_an_unknown_person_is_unknown(self, browser: Client, number: SimulatedNumber) -> None:
        assert browser.get(f"/simulator/{number.phone_number_id}/{uuid4()}/").status_code == 404
        assert browser.get(f"/simulator/sim-404/{uuid4()}/").status_code == 404

    def test_the_start_is_a_chat(self, browser: Client, channel: Channel, number: SimulatedNumber) -> None:
        answer = browser.get("/simulator/", follow=True)
        assert answer.redirect_chain[0][0].startswith(f"/simulator/{number.phone_number_id}/")
        assert b'name="text"' in answer.content

    def test_the_start_may_be_that_of_one_team(
        self, browser: Client, alice: User, channel: Channel, number: SimulatedNumber, other_team: Team
    ) -> None:
        other_team.members.add(alice)
        account = accounts.account_of(make_provider(other_team, "sim-2", kind="simulated"))
        theirs = account.numbers.earliest("id")
        answer = browser.get("/simulator/?team=bakery")
        assert answer["Location"].startswith(f"/simulator/{theirs.phone_number_id}/")
        assert browser.get("/simulator/?team=clinic")["Location"].startswith(f"/simulator/{number.phone_number_id}/")

    def test_without_a_number_it_says_what_is_missing(self, browser: Client) -> None:
        assert "no number to write to" in browser.get("/simulator/").content.decode()


class TestWriting:
    def test_what_is_written_is_a_bubble_at_once(self, browser: Client, chat: SimulatedChat, channel: Channel) -> None:
        seen = seen_in(browser.get(page_of(chat)).content.decode())
        answer = browser.post(page_of(chat, "write/"), {"text": "Hello *you*", "seen": seen}, headers=HTMX)
        assert bubbles_in(answer.content.decode()) == ["Hello <strong>you</strong>"]

    @pytest.mark.parametrize(
        ("text", "told"),
        [("", "Write something"), ("  \n ", "Write something"), ("\0", "Write something"), ("x" * 4097, "too long")],
        ids=["empty", "blank", "nul", "long"],
    )
    def test_what_cannot_be_written_is_told_why(
        self, browser: Client, chat: SimulatedChat, text: str, told: str
    ) -> None:
        assert told in browser.post(page_of(chat, "write/"), {"text": text}, headers=HTMX).content.decode()
        assert told in browser.post(page_of(chat, "write/"), {"text": text}, follow=True).content.decode()
        assert not SimulatedMessage.objects.exists()

    def test_the_longest_text_is_written_whole(self, browser: Client, chat: SimulatedChat) -> None:
        browser.post(page_of(chat, "write/"), {"text": "x" * 4094 + "\r\ny"})
        assert len(SimulatedMessage.objects.get().text) == 4096

    def test_without_script_it_leads_back_to_the_page(self, browser: Client, chat: SimulatedChat) -> None:
        assert browser.post(page_of(chat, "write/"), {"text": "Hi"})["Location"] == page_of(chat)
        assert bubbles_in(browser.get(page_of(chat)).content.decode()) == ["Hi"]

    def test_markup_is_shown_and_not_obeyed(self, browser: Client, chat: SimulatedChat) -> None:
        browser.post(page_of(chat, "write/"), {"text": "<script>alert(1)</script>"})
        assert bubbles_in(browser.get(page_of(chat)).content.decode()) == ["&lt;script&gt;alert(1)&lt;/script&gt;"]


class TestLooking:
    def test_what_was_seen_is_not_told_again(self, browser: Client, chat: SimulatedChat) -> None:
        seen = seen_in(browser.get(page_of(chat)).content.decode())
        assert browser.get(page_of(chat, "news/"), {"seen": seen}, headers=HTMX).status_code == 204

    def test_two_tabs_see_the_same(self, browser: Client, chat: SimulatedChat) -> None:
        seen = seen_in(browser.get(page_of(chat)).content.decode())
        browser.post(page_of(chat, "write/"), {"text": "Hi", "seen": seen}, headers=HTMX)
        other_tab = browser.get(page_of(chat, "news/"), {"seen": seen}, headers=HTMX).content.decode()
        assert bubbles_in(other_tab) == ["Hi"]

    def test_typing_is_shown(self, browser: Client, chat: SimulatedChat) -> None:
        chat.typing_until = clock.now() + timedelta(seconds=20)
        chat.save()
        assert 'aria-label="typing"' in browser.get(page_of(chat)).content.decode()

    @pytest.mark.parametrize("seen", ["", "x", "-", "9" * 40, "1-2-3", "-1", "²"])
    def test_odd_memories_do_no_harm(self, browser: Client, chat: SimulatedChat, seen: str) -> None:
        answer = browser.get(page_of(chat, "news/"), {"seen": seen}, headers=HTMX)
        assert answer.status_code in (200, 204)

    def test_a_look_is_cheap(
        self, browser: Client, chat: SimulatedChat, channel: Channel, django_assert_max_num_queries: Any
    ) -> None:
        seen = seen_in(browser.get(page_of(chat)).content.decode())
        with django_assert_max_num_queries(7):  # two of them for the session, one for the team
            browser.get(page_of(chat, "news/"), {"seen": seen}, headers=HTMX)


class TestPeople:
    def test_one_more_can_be_added(self, browser: Client, number: SimulatedNumber) -> None:
        path = f"/simulator/{number.phone_number_id}/"
        answer = browser.post(path, {"name": "Sipho", "phone_number": "+27 82 555 0100"})
        sipho = SimulatedPerson.objects.get(name="Sipho")
        assert sipho.digits == "27825550100"
        assert answer["Location"] == f"{path}{sipho.pk}/"

    def test_any_number_will_do(self, browser: Client, number: SimulatedNumber, thandi: SimulatedPerson) -> None:
        browser.post(f"/simulator/{number.phone_number_id}/", {"name": "Sipho"})
        assert SimulatedPerson.objects.get(name="Sipho").digits != thandi.digits

    def test_whoever_was_known_by_their_number_alone_gets_the_name(
        self, browser: Client, number: SimulatedNumber
    ) -> None:
        people.add(number.account.team_id, "+27 82 555 0100", "27825550100")
        browser.post(f"/simulator/{number.phone_number_id}/", {"name": "Sipho", "phone_number": "+27 82 555 0100"})
        assert SimulatedPerson.objects.get(digits="27825550100").name == "Sipho"

    def test_a_number_that_somebody_has_stays_theirs(
        self, browser: Client, number: SimulatedNumber, thandi: SimulatedPerson
    ) -> None:
        typed = {"name": "Sipho", "phone_number": f"+{thandi.digits}"}
        answer = browser.post(f"/simulator/{number.phone_number_id}/", typed, follow=True)
        assert "is the number of Thandi already" in answer.content.decode()
        assert not SimulatedPerson.objects.filter(name="Sipho").exists()

    @pytest.mark.parametrize(
        ("typed", "complaint"),
        [
            ({"name": "", "phone_number": ""}, "required"),
            ({"name": "X", "phone_number": "call me"}, "no letters"),
            ({"name": "X", "phone_number": "+1 555 010 0001"}, "a bot answers"),
        ],
    )
    def test_what_cannot_be_is_said(
        self, browser: Client, number: SimulatedNumber, typed: dict[str, str], complaint: str
    ) -> None:
        answer = browser.post(f"/simulator/{number.phone_number_id}/", typed, follow=True)
        assert complaint in answer.content.decode()
        assert SimulatedPerson.objects.count() == 1
        if typed["phone_number"]:
            assert f'value="{typed["phone_number"]}"' in answer.content.decode()

    def test_the_open_chat_stays_open_beside_a_complaint(self, browser: Client, chat: SimulatedChat) -> None:
        typed = {"name": "Sipho", "phone_number": "call me", "beside": str(chat.person_id)}
        page = browser.post(f"/simulator/{chat.number.phone_number_id}/", typed).content.decode()
        assert "no letters" in page
        assert 'You are <strong class="font-medium">Thandi</strong>' in page

    @pytest.mark.parametrize("beside", ["", "nobody", "0192a6c8-0000-7000-8000-000000000000"])
    def test_an_odd_chat_beside_a_complaint_does_no_harm(
        self, browser: Client, number: SimulatedNumber, beside: str
    ) -> None:
        typed = {"name": "", "beside": beside}
        assert "required" in browser.post(f"/simulator/{number.phone_number_id}/", typed).content.decode()

    def test_one_can_be_removed_with_all_that_is_on_the_phone(
        self, browser: Client, chat: SimulatedChat, channel: Channel
    ) -> None:
        browser.post(page_of(chat, "write/"), {"text": "Hi"})
        answer = browser.post(page_of(chat, "remove/"), follow=True)
        assert "Thandi is gone." in answer.content.decode()
        assert not SimulatedPerson.objects.exists()
        assert not SimulatedMessage.objects.exists()


class TestTime:
    def test_hours_that_pass_close_the_window_on_both_sides(
        self, browser: Client, chat: SimulatedChat, channel: Channel, work: Any
    ) -> None:
        browser.post(page_of(chat, "write/"), {"text": "Hi"})
        assert eventually(lambda: work() or Conversation.objects.exists(), within=60)
        browser.post(page_of(chat, "hours/"))
        chat.refresh_from_db()
        expires_at = Conversation.objects.get().service_window_expires_at
        assert not chat.window_is_open()
        assert expires_at is not None
        assert expires_at < clock.now()

    def test_back_in_the_present_the_next_message_opens_it(self, browser: Client, chat: SimulatedChat) -> None:
        for action, is_open in (("hours/", False), ("present/", True)):
            browser.post(page_of(chat, action))
            browser.post(page_of(chat, "write/"), {"text": "Hi"})
            chat.refresh_from_db()
            assert chat.window_is_open() is is_open


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~struck~", "<strong>bold</strong> <em>italic</em> <s>struck</s>"),
        ("2 * 3 * 4, snake_case_name", "2 * 3 * 4, snake_case_name"),
        ("`*code*` ```more\nof it```", "<code>*code*</code> <code>more\nof it</code>"),
        ("a <b> & c", "a &lt;b&gt; &amp; c"),
        (
            "see https://example.org/a_b_c?x=1&y=2.",
            'see <a href="https://example.org/a_b_c?x=1&amp;y=2" target="_blank" rel="noopener noreferrer nofollow">'
            "https://example.org/a_b_c?x=1&amp;y=2</a>.",
        ),
        ("https://x.org/\"onclick='", None),
    ],
)
def test_text_looks_as_in_the_app(text: str, html: str | None) -> None:
    shown = formatting.as_html(text)
    assert shown == html if html else '"on' not in shown.replace('href="', "").replace("&quot;", "")


def test_roles_that_only_look_may_write_here_too(bob: User, chat: SimulatedChat, wired: LiveServer) -> None:
    client = Client()
    client.force_login(bob)
    client.post(page_of(chat, "write/"), {"text": "Hi"})
    assert SimulatedMessage.objects.get().text == "Hi"
    assert Membership.objects.get(user=bob).role == "viewer"
