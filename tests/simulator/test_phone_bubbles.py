"""Bubbles: what the messages of a chat look like, what can be tapped in them, and odd things that are posted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from channels_app import formatting
from channels_app.models import Channel, Conversation, Team
from channels_app.simulator import people
from channels_app.simulator.models import SimulatedChat, SimulatedMessage, SimulatedNumber, SimulatedPerson
from channels_app.simulator.phone import acting, answering, screen
from channels_app.simulator.phone.bubbles import Bubble
from tests.fixtures import eventually
from tests.simulator.test_phone import HTMX, page_of, seen_in
from tests.simulator.test_phone_messages import BUTTONS, LIST, NUMBER_REQUEST, PLACE_REQUEST, number_says, template_says

pytestmark = pytest.mark.django_db(transaction=True)

ACTIONS = ("write/", "tap/", "react/", "number/", "place/", "card/", "file/")


def last_of(chat: SimulatedChat) -> Bubble:
    shown = screen.look(chat)
    assert shown is not None
    return shown.bubbles[-1]


class TestLooks:
    def test_buttons_can_be_tapped(self, browser: Client, chat: SimulatedChat) -> None:
        message = number_says(chat, "interactive", BUTTONS)
        html = browser.get(page_of(chat)).content.decode()
        for words in ("Booking", "Shall I book it?", "Cape Clinic", 'name="choice" value="yes"'):
            assert words in html
        assert f'name="message" value="{message.pk}"' in html

    def test_a_list_opens(self, browser: Client, chat: SimulatedChat) -> None:
        message = number_says(chat, "interactive", LIST)
        html = browser.get(page_of(chat)).content.decode()
        assert f'popovertarget="list-{message.pk}"' in html
        assert "09:00 to 11:00" in html

    def test_a_template_has_its_buttons(self, chat: SimulatedChat) -> None:
        template_says(chat)
        menu = last_of(chat).menu
        assert menu is not None
        assert [(option.id, option.title) for option in menu.buttons] == [("STOP", "Stop updates")]
        assert [link.url for link in menu.links] == ["https://x.org/18"]

    def test_links_that_are_none_are_left_out(self, chat: SimulatedChat) -> None:
        parameters = {"display_text": "Open", "url": "javascript:alert(1)"}
        number_says(chat, "interactive", {"type": "cta_url", "action": {"parameters": parameters}})
        menu = last_of(chat).menu
        assert menu is not None
        assert menu.links == ()

    @pytest.mark.parametrize(("content", "words"), [(PLACE_REQUEST, "Send location"), (NUMBER_REQUEST, "Share phone")])
    def test_what_is_asked_for_can_be_given(
        self, browser: Client, chat: SimulatedChat, content: Any, words: str
    ) -> None:
        before = browser.get(page_of(chat)).content.decode().count(words)
        number_says(chat, "interactive", content)
        assert browser.get(page_of(chat)).content.decode().count(words) == before + 1

    def test_a_quoted_message_is_shown(self, wired: LiveServer, chat: SimulatedChat) -> None:
        asked = number_says(chat, "interactive", BUTTONS)
        answering.tap(chat, asked, "yes")
        quote = last_of(chat).quote
        assert quote is not None
        assert (quote.id, quote.mine, quote.text) == (asked.pk, False, "Shall I book it?")

    def test_a_reaction_is_a_badge_and_no_bubble(self, browser: Client, chat: SimulatedChat) -> None:
        message = number_says(chat, "text", {"body": "Hi"})
        seen = seen_in(browser.get(page_of(chat)).content.decode())
        answer = browser.post(
            page_of(chat, "react/"), {"message": message.pk, "emoji": "👍", "seen": seen}, headers=HTMX
        )
        html = answer.content.decode()
        assert f'id="reactions-{message.pk}"' in html
        assert 'data-reaction="👍"' in html
        assert "data-author" not in html
        seen = seen_in(html)
        again = browser.post(
            page_of(chat, "react/"), {"message": message.pk, "emoji": "👍", "seen": seen}, headers=HTMX
        )
        assert f'id="reactions-{message.pk}"' in again.content.decode()
        assert "data-reaction" not in again.content.decode()

    def test_the_number_may_react_too(self, wired: LiveServer, chat: SimulatedChat) -> None:
        acting.write(chat, "Hi")
        number_says(chat, "reaction", {"message_id": SimulatedMessage.objects.get().wamid, "emoji": "🙏"})
        assert last_of(chat).emoji == "🙏"

    def test_cards_and_places_of_the_number_are_shown(self, browser: Client, chat: SimulatedChat) -> None:
        number_says(chat, "contacts", [{"name": {"formatted_name": "Sipho Dube"}, "phones": [{"phone": "+27 82"}]}])
        number_says(chat, "location", {"latitude": "-33.9", "longitude": "18.4", "name": "City Hall"})
        html = browser.get(page_of(chat)).content.decode()
        for words in ("Sipho Dube", "+27 82", "City Hall", "-33.9, 18.4"):
            assert words in html

    def test_of_many_cards_the_first_are_shown(self, browser: Client, chat: SimulatedChat) -> None:
        number_says(chat, "contacts", [{"name": {"formatted_name": f"Number {place}"}} for place in range(257)])
        html = browser.get(page_of(chat)).content.decode()
        assert html.count("Number 2") == 1
        assert "Number 3" not in html
        assert "and 254 others" in html

    @pytest.mark.parametrize(
        ("kind", "content"),
        [
            ("interactive", {}),
            ("interactive", {"action": {"buttons": "yes", "sections": [{"rows": 7}]}, "header": 3}),
            ("template", {"components": [{"type": "HEADER"}, "odd"]}),
            ("image", []),
            ("contacts", {}),
            ("contacts", [{"phones": [{}]}]),
            ("location", {}),
            ("reaction", {"message_id": 7}),
            ("hologram", {"a": 1}),
        ],
    )
    def test_odd_contents_do_no_harm(self, browser: Client, chat: SimulatedChat, kind: str, content: Any) -> None:
        number_says(chat, kind, content, template="gone" if kind == "template" else "")
        assert browser.get(page_of(chat)).status_code == 200


class TestOddities:
    @pytest.mark.parametrize("action", ACTIONS)
    def test_nothing_at_all_is_said_and_not_sent(self, browser: Client, chat: SimulatedChat, action: str) -> None:
        answer = browser.post(page_of(chat, action), headers=HTMX)
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()
        assert not SimulatedMessage.objects.exists()

    @pytest.mark.parametrize("key", ["x", "-1", "²", "9" * 18, "9" * 40, "0"])
    def test_messages_that_are_not_there(self, browser: Client, chat: SimulatedChat, key: str) -> None:
        for action in ("tap/", "react/", "number/"):
            typed = {"message": key, "choice": "yes", "emoji": "👍"}
            assert "not in this chat" in browser.post(page_of(chat, action), typed, headers=HTMX).content.decode()
        browser.post(page_of(chat, "write/"), {"text": "Hi", "quoted": key}, headers=HTMX)
        assert SimulatedMessage.objects.get().quoted == ""

    def test_a_message_of_another_chat_cannot_be_quoted(
        self, browser: Client, chat: SimulatedChat, number: SimulatedNumber
    ) -> None:
        other = people.chat(number, people.add(number.account.team_id, "Sipho", "27825550100"))
        foreign = number_says(other, "text", {"body": "Hi"})
        browser.post(page_of(chat, "write/"), {"text": "Hello", "quoted": foreign.pk})
        assert SimulatedMessage.objects.get(chat=chat).quoted == ""

    @pytest.mark.parametrize(
        ("action", "typed"),
        [
            ("place/", {"latitude": "91", "longitude": "0"}),
            ("place/", {"latitude": "nan", "longitude": "0"}),
            ("place/", {"latitude": "1", "longitude": "inf"}),
            ("card/", {"name": "Sipho", "phone_number": "call me"}),
            ("card/", {"name": "a\0b", "phone_number": "+27825550100"}),
            ("react/", {"emoji": "🦄"}),
        ],
    )
    def test_what_cannot_be_is_said(
        self, browser: Client, chat: SimulatedChat, action: str, typed: dict[str, str]
    ) -> None:
        message = number_says(chat, "text", {"body": "Hi"})
        answer = browser.post(page_of(chat, action), typed | {"message": str(message.pk)}, headers=HTMX)
        assert 'role="alert"' in answer.content.decode()
        assert SimulatedMessage.objects.count() == 1

    @pytest.mark.parametrize("action", ACTIONS)
    def test_persons_that_do_not_exist_are_unknown(
        self, browser: Client, number: SimulatedNumber, other_team: Team, action: str
    ) -> None:
        theirs = people.somebody(other_team.pk)
        assert browser.post(f"/simulator/{number.phone_number_id}/{theirs.pk}/{action}").status_code == 404

    def test_two_tabs_tap_the_same_button(self, browser: Client, chat: SimulatedChat) -> None:
        asked = number_says(chat, "interactive", BUTTONS)
        seen = seen_in(browser.get(page_of(chat)).content.decode())
        for choice in ("yes", "no"):
            typed = {"message": asked.pk, "choice": choice, "seen": seen}
            assert browser.post(page_of(chat, "tap/"), typed, headers=HTMX).status_code == 200
        tab = browser.get(page_of(chat, "news/"), {"seen": seen}, headers=HTMX).content.decode()
        assert tab.count('data-author="person"') == 2


class TestPeople:
    def test_somebody_may_hide_their_number(self, browser: Client, number: SimulatedNumber) -> None:
        path = f"/simulator/{number.phone_number_id}/"
        answer = browser.post(path, {"name": "Sipho", "is_hidden": "on"}, follow=True)
        assert SimulatedPerson.objects.get(name="Sipho").hidden_number
        assert "known by a username" in answer.content.decode()

    def test_the_bot_writes_to_them_without_it(
        self, chat: SimulatedChat, channel: Channel, wired: LiveServer, work: Callable[[], object]
    ) -> None:
        chat.person.hidden_number = True
        chat.person.save()
        acting.have_the_bot_write(chat, channel, "Your results are in.")
        written = SimulatedMessage.objects.filter(chat=chat)
        assert eventually(lambda: work() or written.exists(), within=60)
        assert written.get().template == "new_bot_message"
        assert Conversation.objects.get().participant.wa_id in (None, "")

    def test_one_more_number_can_be_had(self, browser: Client, number: SimulatedNumber) -> None:
        before = number.account.numbers.count()
        answer = browser.post(f"/simulator/{number.phone_number_id}/more/")
        assert number.account.numbers.count() == before + 1
        assert answer["Location"] == f"/simulator/{number.account.numbers.latest('id').phone_number_id}/"

    def test_the_list_says_what_was_last(self, browser: Client, chat: SimulatedChat) -> None:
        number_says(chat, "sticker", {"id": "7"})
        number_says(chat, "reaction", {"message_id": "x", "emoji": "👍"})
        assert screen.contacts(chat.number)[0].last == "🏷️ Sticker"


class TestWords:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("*a* _b_ ~c~", "<strong>a</strong> <em>b</em> <s>c</s>"),
            ("> said\n> so\nYes", "<blockquote>said\nso</blockquote>Yes"),
            ("Hours:\n- Monday\n* Tuesday\nand", "Hours:<ul><li>Monday</li><li>Tuesday</li></ul>and"),
            ("2. two\n3. three", '<ol><li value="2">two</li><li value="3">three</li></ol>'),
            ("```1. x\n- y``` <b>", "<code>1. x\n- y</code> &lt;b&gt;"),
            ("one\n\ntwo", "one\n\ntwo"),
            ("a > b - c", "a &gt; b - c"),
            ("\ue0000\ue000 `x`", "0 <code>x</code>"),
        ],
    )
    def test_marks_are_shown_as_the_app_does(self, text: str, html: str) -> None:
        assert formatting.as_html(text) == html

    def test_where_there_is_one_line_there_are_no_marks(self) -> None:
        assert formatting.plain("*Welcome* to `us`\n> you") == "Welcome to us\nyou"

    def test_what_a_card_says_is_not_said_below_it_again(self, chat: SimulatedChat) -> None:
        number_says(chat, "location", {"latitude": "1", "longitude": "2", "name": "City Hall"}, text="City Hall")
        shown = last_of(chat)
        assert (shown.html, shown.short) == ("", "City Hall")


class TestFlows:
    FLOW: Any = {
        "type": "flow",
        "body": {"text": "Two questions."},
        "action": {"name": "flow", "parameters": {"flow_cta": "Start", "flow_token": "b7c1", "flow_id": "1"}},
    }

    def test_a_flow_is_answered_by_whoever_taps_it(self, wired: LiveServer, chat: SimulatedChat) -> None:
        asked = number_says(chat, "interactive", self.FLOW)
        answering.tap(chat, asked, "b7c1")
        told = SimulatedMessage.objects.get(author="person").content["interactive"]
        assert told == {
            "type": "nfm_reply",
            "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"flow_token": "b7c1"}'},
        }


def test_what_failed_later_is_shown_as_what_is_on_no_phone(browser: Client, chat: SimulatedChat) -> None:
    number_says(chat, "text", {"body": "Good"}, text="Good")
    message = number_says(chat, "text", {"body": "Lost"}, text="Lost")
    SimulatedMessage.objects.filter(pk=message.pk).update(failure=131047)
    html = browser.get(page_of(chat)).content.decode()
    assert "Meta took it, and reported 131047 later" in html
    assert "message-failed" in html
    assert screen.contacts(chat.number)[0].last == "Good"
