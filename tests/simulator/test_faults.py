"""What goes wrong at our Meta at one click, and what the product makes of it: with every call over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine
from django.test import Client

from channels_app import clock
from channels_app.graph.client import GraphClient
from channels_app.graph.errors import OutcomeUnknown, Refused
from channels_app.models import Attempt, Channel, Message, Notice, Outcome, Status
from channels_app.simulator import faults
from channels_app.simulator.faults import Habit
from channels_app.simulator.graph.sending import new_wamid
from channels_app.simulator.models import Author, Fault, SimulatedChat, SimulatedFault, SimulatedMessage
from channels_app.simulator.phone import outcomes as outcomes_of
from channels_app.simulator.postman import postman
from tests.fixtures import error_of, eventually, ours
from tests.simulator.graph_calls import Graph
from tests.simulator.test_phone import HTMX, page_of
from tests.simulator.test_whole_way import Work, said, working

pytestmark = pytest.mark.django_db(transaction=True)

ClientOf = Callable[..., GraphClient]


@pytest.fixture
def click(browser: Client, chat: SimulatedChat) -> Callable[[str], None]:
    """A click on one of the panel's switches."""

    def click_on(switch: str) -> None:
        assert browser.post(page_of(chat, "faults/"), {"switch": switch}).status_code == 302

    return click_on


@pytest.fixture
def write(browser: Client, chat: SimulatedChat, channel: Channel) -> Callable[[str], None]:
    """What the person types, to a number that a bot answers."""

    def write_text(text: str) -> None:
        browser.post(page_of(chat, "write/"), {"text": text})

    return write_text


Click = Callable[[str], None]


def the_message() -> Message:
    (message,) = ours()
    return message


def outcomes() -> list[str]:
    return list(Attempt.objects.values_list("outcome", flat=True))


def panel_of(browser: Client, chat: SimulatedChat) -> str:
    return browser.get(page_of(chat, "faults/"), headers=HTMX).content.decode()


class TestAccess:
    @pytest.mark.parametrize(
        ("fault", "code"),
        [(Fault.TOKEN_EXPIRED, 190), (Fault.PAYMENT_MISSING, 131042), (Fault.UNREGISTERED, 133010)],
    )
    def test_messages_are_held_the_team_is_told_and_all_goes_out_when_it_is_mended(
        self, click: Click, write: Click, work: Work, browser: Client, chat: SimulatedChat, fault: Fault, code: int
    ) -> None:
        click(fault)
        write("Hello")
        assert working(work, lambda: Message.objects.filter(status=Status.HELD).exists())
        assert Notice.objects.get(closed_at=None).code == error_of(the_message())["code"] == code
        assert said(Author.NUMBER) == []
        assert f"/providers/{Notice.objects.get().provider_id}/" in browser.get(page_of(chat)).content.decode()
        assert f'value="{fault}" aria-pressed="true"' in panel_of(browser, chat)
        click(fault)
        assert working(work, lambda: said(Author.NUMBER)) == ["Hello"]
        assert not Notice.objects.filter(closed_at=None).exists()
        assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
        assert f"Held before: {Notice.objects.get().title}" in panel_of(browser, chat)

    def test_an_expired_token_is_told_by_its_subcode(
        self, click: Click, client_of: ClientOf, chat: SimulatedChat
    ) -> None:
        click(Fault.TOKEN_EXPIRED)
        with pytest.raises(Refused) as caught:
            client_of().waba("sim-1")
        assert (caught.value.code, caught.value.subcode, caught.value.http_status) == (190, 463, 401)


class TestTheNextMessage:
    @pytest.mark.parametrize(
        "fault", [Fault.TOO_FAST, Fault.TOO_FAST_FOR_ONE, Fault.TOO_FAST_UNSAID, Fault.BROKEN], ids=str
    )
    def test_it_is_tried_again_and_said_once(self, click: Click, write: Click, work: Work, fault: Fault) -> None:
        click(fault)
        write("Hello")
        assert working(work, lambda: said(Author.NUMBER)) == ["Hello"]
        assert outcomes() == [Outcome.POSTPONED, Outcome.ACCEPTED]
        assert not SimulatedFault.objects.exists()

    def test_a_broken_page_leaves_it_in_doubt_until_no_status_came_for_long(
        self, click: Click, write: Click, work: Work
    ) -> None:
        click(Fault.BROKEN_UNSAID)
        write("Hello")
        assert working(work, lambda: Attempt.objects.filter(outcome=Outcome.UNKNOWN).exists())
        assert said(Author.NUMBER) == []
        with time_machine.travel(clock.now() + timedelta(minutes=16)):
            assert working(work, lambda: said(Author.NUMBER)) == ["Hello"]
            assert postman.rest(60)

    def test_a_lost_answer_is_made_good_by_the_status_and_nothing_is_said_twice(
        self, click: Click, write: Click, work: Work
    ) -> None:
        click(Fault.LOST_ANSWER)
        write("Hello")
        assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
        assert said(Author.NUMBER) == ["Hello"]
        assert outcomes() == [Outcome.ACCEPTED]
        assert the_message().wamid == SimulatedMessage.objects.get(author=Author.NUMBER).wamid

    @pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.LOST_ANSWER, Fault.WINDOW_REPORTED], ids=str)
    def test_one_that_is_tried_again_is_not_the_next(
        self, click: Click, write: Click, work: Work, fault: Fault
    ) -> None:
        click(Fault.TOO_FAST)
        write("Hello")
        assert working(work, lambda: Attempt.objects.filter(outcome=Outcome.POSTPONED).exists())
        click(fault)
        assert working(work, lambda: said(Author.NUMBER)) == ["Hello"]
        assert SimulatedFault.objects.exists()
        write("Anybody?")
        assert working(work, lambda: not SimulatedFault.objects.exists())
        assert working(work, lambda: Message.objects.filter(status=Status.READ, text="Anybody?").exists())

    def test_without_a_callback_it_is_known_by_its_words(
        self, graph: Graph, chat: SimulatedChat, channel: Channel
    ) -> None:
        SimulatedChat.objects.update(wrote_at=clock.now())
        to = {"messaging_product": "whatsapp", "to": f"+{chat.person.digits}", "type": "text"}
        path = f"{chat.number.phone_number_id}/messages"
        faults.switch_on(chat.number, Fault.TOO_FAST)
        first, other = to | {"text": {"body": "Hello"}}, to | {"text": {"body": "Anybody?"}}
        assert graph.post(path, first).status == 400
        faults.switch_on(chat.number, Fault.BROKEN)
        assert [graph.post(path, body).status for body in (first, other, other)] == [200, 500, 200]

    def test_what_is_behind_it_says_what_it_waits_for(
        self, click: Click, write: Click, work: Work, browser: Client, chat: SimulatedChat
    ) -> None:
        click(Fault.LOST_ANSWER)
        click(Fault.STATUSES_LOST)
        write("Hello")
        assert working(work, lambda: Attempt.objects.filter(outcome=Outcome.UNKNOWN).exists())
        write("Anybody?")
        assert working(work, lambda: Message.objects.filter(text="Anybody?", direction="outbound").exists())
        shown = panel_of(browser, chat)
        assert "It waits its turn: “Hello” is before it." in shown
        assert "a status may yet prove that it went" in shown

    def test_a_lost_answer_is_made_good_within_a_minute_where_anybody_writes(
        self, click: Click, write: Click, work: Work
    ) -> None:
        click(Fault.BROKEN_UNSAID)
        write("Hello")
        assert working(work, lambda: Attempt.objects.filter(outcome=Outcome.UNKNOWN).exists())
        write("Anybody?")
        assert working(work, lambda: Message.objects.filter(text="Anybody?", direction="outbound").exists())
        assert said(Author.NUMBER) == []
        with time_machine.travel(clock.now() + timedelta(seconds=61)):
            assert working(work, lambda: said(Author.NUMBER) == ["Hello", "Anybody?"])
            assert postman.rest(60)

    def test_a_lost_answer_without_statuses_waits(self, click: Click, write: Click, work: Work) -> None:
        click(Fault.LOST_ANSWER)
        click(Fault.STATUSES_LOST)
        write("Hello")
        assert working(work, lambda: Attempt.objects.filter(outcome=Outcome.UNKNOWN).exists())
        assert said(Author.NUMBER) == ["Hello"]
        assert the_message().status == Status.PENDING

    def test_a_late_answer_is_one_that_the_client_did_not_wait_for(
        self, client_of: ClientOf, chat: SimulatedChat, channel: Channel
    ) -> None:
        SimulatedChat.objects.update(wrote_at=clock.now())
        faults.switch_on(chat.number, Fault.LATE_ANSWER, Habit(seconds=0.6))
        body = {"messaging_product": "whatsapp", "to": f"+{chat.person.digits}", "text": {"body": "Hi"}}
        with pytest.raises(OutcomeUnknown):
            client_of(read_seconds=0.2).send_message(chat.number.phone_number_id, body | {"type": "text"})
        assert eventually(lambda: said(Author.NUMBER), within=60) == ["Hi"]

    def test_a_window_that_is_closed_at_once_costs_no_message(self, click: Click, write: Click, work: Work) -> None:
        click(Fault.WINDOW_REFUSED)
        write("Hello")
        assert working(work, lambda: said(Author.NUMBER))
        assert [message.sent_as for message in ours()] == ["template"]
        assert outcomes() == [Outcome.STEPPED_DOWN, Outcome.ACCEPTED]

    def test_a_window_that_is_reported_closed_is_crossed_once_by_template(
        self, click: Click, write: Click, work: Work
    ) -> None:
        click(Fault.WINDOW_REPORTED)
        write("Hello")
        assert working(work, lambda: Message.objects.filter(status=Status.READ, sent_as="template").exists())
        free, template = SimulatedMessage.objects.filter(author=Author.NUMBER)
        assert (free.text, free.failure, free.delivered_at) == ("Hello", 131047, None)
        assert (template.template, template.failure) == ("new_bot_message", None)
        assert outcomes() == [Outcome.STEPPED_DOWN, Outcome.ACCEPTED]


class TestTemplate:
    def test_one_that_is_refused_when_sent_fails_the_message(
        self, click: Click, browser: Client, chat: SimulatedChat, channel: Channel, work: Work
    ) -> None:
        click(Fault.TEMPLATE_REFUSED)
        browser.post(page_of(chat, "bot/"), {"text": "Your results are in."})
        assert working(work, lambda: Message.objects.filter(status=Status.FAILED).exists())
        assert Notice.objects.get(closed_at=None).code == error_of(the_message())["code"] == 132007

    @pytest.mark.parametrize(("verdict", "code"), [("REJECTED", 132001), ("PAUSED", 132015), ("DISABLED", 132016)])
    def test_meta_tells_of_its_verdict_and_keeps_to_it(
        self,
        click: Click,
        browser: Client,
        chat: SimulatedChat,
        channel: Channel,
        work: Work,
        verdict: str,
        code: int,
    ) -> None:
        click(verdict)
        assert working(work, lambda: Notice.objects.filter(closed_at=None).exists())
        assert verdict.lower() in Notice.objects.get().title
        browser.post(page_of(chat, "bot/"), {"text": "Your results are in."})
        assert working(work, lambda: Message.objects.filter(status=Status.FAILED).exists())
        assert error_of(the_message())["code"] == code
        click("APPROVED")
        assert working(work, lambda: not Notice.objects.filter(closed_at=None).exists())


class TestWebhooks:
    @pytest.mark.parametrize(
        ("fault", "arrival", "answer"),
        [
            (Fault.DUPLICATED, "was told twice. The product has it once: it is answered.", "Of the answer 6 webhooks"),
            (
                Fault.STATUSES_LOST,
                "was told once. The product has it once",
                "no webhook told. To the product it is taken by Meta.",
            ),
        ],
    )
    def test_the_panel_says_what_became_of_them(
        self, click: Click, write: Click, browser: Client, chat: SimulatedChat, work: Work, fault: Fault, arrival: str,
        answer: str,
    ) -> None:  # fmt: skip
        click(fault)
        write("Hello")
        assert working(work, lambda: said(Author.NUMBER)) == ["Hello"]
        assert postman.rest(60)
        work()
        shown = panel_of(browser, chat)
        assert arrival in shown
        assert answer in shown

    def test_nothing_is_called_answered_while_the_answer_is_held(
        self, click: Click, write: Click, browser: Client, chat: SimulatedChat, work: Work
    ) -> None:
        write("Hello")
        assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
        click(Fault.TOKEN_EXPIRED)
        write("Anybody?")
        assert working(work, lambda: Message.objects.filter(status=Status.HELD).exists())
        shown = panel_of(browser, chat)
        assert "Held: The access token has expired." in shown
        assert "The product has it once: its answer is held." in shown
        assert "is answered" not in shown
        assert "Of the answer" not in shown

    def test_what_becomes_of_another_message_is_not_called_the_answers(
        self, click: Click, write: Click, browser: Client, chat: SimulatedChat, work: Work
    ) -> None:
        write("Hello")
        assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
        click(Fault.TOKEN_EXPIRED)
        browser.post(page_of(chat, "bot/"), {"text": "Your results are in."})
        assert working(work, lambda: Message.objects.filter(status=Status.HELD).exists())
        assert "The product has it once: it is answered." in panel_of(browser, chat)

    def test_where_metas_side_stands_alone_an_earlier_answer_is_not_spoken_of(
        self, chat: SimulatedChat, settings: Any
    ) -> None:
        settings.SIMULATOR_ALONE = True
        for author, lines in ((Author.PERSON, 1), (Author.NUMBER, 2), (Author.PERSON, 1)):
            SimulatedMessage.objects.create(
                chat=chat, number=chat.number, author=author, wamid=new_wamid(), type="text", text="Hi"
            )
            assert len(outcomes_of.told_of(chat)) == lines

    def test_what_was_never_told_is_not_there(
        self, click: Click, write: Click, browser: Client, chat: SimulatedChat
    ) -> None:
        click(Fault.DEAF)
        write("Hello")
        assert "was not told, and the product does not have it." in panel_of(browser, chat)

    def test_what_was_told_a_moment_ago_is_not_called_missing(self, browser: Client, chat: SimulatedChat) -> None:
        now = clock.now()
        with time_machine.travel(now, tick=False):
            browser.post(page_of(chat, "write/"), {"text": "Hello"})
            assert postman.rest(60)
            assert "was told once, and the product does not have it yet." in panel_of(browser, chat)
        with time_machine.travel(now + timedelta(seconds=11)):
            assert "was told once, and the product does not have it." in panel_of(browser, chat)


class TestPanel:
    def test_it_shows_what_is_on_and_what_the_product_made_of_it(
        self, click: Click, write: Click, browser: Client, chat: SimulatedChat, work: Work
    ) -> None:
        click(Fault.TOKEN_EXPIRED)
        write("Hello")
        assert working(work, lambda: Message.objects.filter(status=Status.HELD).exists())
        shown = panel_of(browser, chat)
        assert "Held: The access token has expired." in shown
        assert "Make a permanent system user token" in shown
        assert 'value="token_expired" aria-pressed="true"' in shown
        assert 'value="deaf" aria-pressed="false"' in shown

    def test_it_is_on_the_page_without_a_script(self, browser: Client, chat: SimulatedChat, channel: Channel) -> None:
        html = browser.get(page_of(chat)).content.decode()
        assert all(f'value="{kind}"' in html for kind in Fault.values)

    def test_what_was_seen_is_not_told_again(self, browser: Client, chat: SimulatedChat, click: Click) -> None:
        seen = panel_of(browser, chat).partition("panel_seen=")[2].partition('"')[0]
        look = page_of(chat, f"faults/?panel_seen={seen}")
        assert browser.get(look, headers=HTMX).status_code == 204
        click(Fault.DEAF)
        assert browser.get(look, headers=HTMX).status_code == 200

    def test_one_click_mends_everything(self, browser: Client, chat: SimulatedChat, click: Click) -> None:
        for switch in (Fault.TOKEN_EXPIRED, Fault.DEAF, Fault.BROKEN, "PAUSED", "none"):
            click(switch)
        assert not SimulatedFault.objects.exists()
        assert "aria-pressed" in panel_of(browser, chat)
        assert " on</span>" not in panel_of(browser, chat)

    @pytest.mark.parametrize("switch", [Fault.UNREGISTERED, "hidden_number"])
    def test_a_click_does_what_the_switch_said(self, browser: Client, chat: SimulatedChat, switch: str) -> None:
        for wanted, is_on in (("on", True), ("on", True), ("off", False), ("off", False)):
            browser.post(page_of(chat, "faults/"), {"switch": switch, "wanted": wanted})
            chat.person.refresh_from_db()
            assert (bool(faults.on(chat.number)) or chat.person.hidden_number) is is_on

    def test_a_number_may_be_hidden_and_its_person_is_answered_all_the_same(
        self, click: Click, write: Click, chat: SimulatedChat, work: Work
    ) -> None:
        click("hidden_number")
        write("Hello")
        assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
        participant = the_message().conversation.participant  # type: ignore[union-attr]
        assert (participant.wa_id, participant.user_id) == (None, chat.person.user_id)
        assert said(Author.NUMBER) == ["Hello"]

    def test_an_hour_passes_and_the_window_stays_open(self, browser: Client, chat: SimulatedChat, write: Click) -> None:
        write("Hello")
        browser.post(page_of(chat, "hour/"))
        chat.refresh_from_db()
        assert chat.lag == timedelta(hours=1)
        assert chat.window_is_open()
        assert "1 hour later" in said(Author.CLOCK)

    def test_what_is_no_switch_is_not_found(self, browser: Client, chat: SimulatedChat) -> None:
        assert browser.post(page_of(chat, "faults/"), {"switch": "gravity"}).status_code == 404

    def test_other_numbers_go_on(self, click: Click, chat: SimulatedChat) -> None:
        other = chat.number.account.numbers.exclude(pk=chat.number.pk)[0]
        click(Fault.BROKEN)
        click(Fault.PAYMENT_MISSING)
        assert set(faults.on(other)) == {Fault.PAYMENT_MISSING}


def test_two_that_ask_for_the_last_time_get_it_once(chat: SimulatedChat) -> None:
    faults.switch_on(chat.number, Fault.BROKEN, Habit(times=2))
    (first,) = faults.on(chat.number).values()
    assert [faults.happens(first) for _ in range(3)] == [True, True, False]
    assert eventually(lambda: not faults.on(chat.number))


def test_a_proxys_page_is_no_word_of_graphs(chat: SimulatedChat, client_of: ClientOf) -> None:
    faults.switch_on(chat.number, Fault.TOO_FAST_UNSAID)
    faults.switch_on(chat.number, Fault.BROKEN_UNSAID)
    client = client_of()
    url = f"{client.base_url}/{client.version}/{chat.number.phone_number_id}/messages"
    headers = {"Authorization": f"Bearer {client.token}"}
    answers = [requests.post(url, json={"type": "text"}, headers=headers, timeout=30) for _ in range(2)]
    assert [(answer.status_code, answer.text[:6]) for answer in answers] == [(429, ""), (502, "<html>")]
