"""The phone, driven in Chromium: all that can be sent with it, on a wide screen, on a narrow one, and by keyboard."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from playwright.sync_api import FilePayload, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from channels_app.models import Channel, Direction, Message
from channels_app.simulator.models import SimulatedChat
from channels_app.simulator.phone import opus
from tests.fixtures import eventually
from tests.simulator import browsing, test_phone
from tests.simulator.attachments import PDF, png, webm
from tests.simulator.demo import Demo, running
from tests.simulator.test_phone_messages import BUTTONS, LIST, number_says

pytestmark = pytest.mark.browser

MEGABYTE = 1024 * 1024
SECONDS_OF = "audio => new Promise(done => { const tell = () => done(audio.duration); "
SECONDS_OF += "audio.readyState ? tell() : audio.addEventListener('loadedmetadata', tell) })"

IN_HASTE = """() => {
  document.getElementById("message").value = "Hello";
  document.getElementById("composer").requestSubmit();
  document.querySelector("#lag button").click();
  document.getElementById("lag").replaceWith(document.getElementById("lag").cloneNode(true));
}"""
"""The button is pressed while a message is on its way, and is another when it is its turn."""

Aside = Callable[[Callable[[], Any]], Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as started:
        yield started
        assert "Traceback" not in started.said


@pytest.fixture
def page(chromium: str, demo: Demo) -> Iterator[Page]:
    """A phone of one's own: what other tests said is not on it."""
    with browsing.page_of(chromium, demo.url) as page:
        page.goto(demo.newcomer())
        yield page


@pytest.fixture
def aside() -> Iterator[Aside]:
    """Do something with rows: in a thread of its own, for in this one the browser's loop runs."""
    with ThreadPoolExecutor(1) as hand:
        yield lambda what: hand.submit(what).result()
        hand.submit(connections.close_all).result()


def write(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def mine(page: Page) -> Locator:
    return page.locator("[data-author=person]").last


def answer(page: Page) -> Locator:
    return page.locator("[data-author=number]").last


def attach(page: Page, what: str) -> None:
    page.get_by_role("button", name="Attach").click()
    page.locator("#attach").get_by_role("button", name=what).click()


def choose(page: Page, what: str, name: str, content: bytes, told: str) -> None:
    with page.expect_file_chooser() as chooser:
        attach(page, what)
    chosen: FilePayload = {"name": name, "mimeType": told, "buffer": content}
    chooser.value.set_files(chosen)


class TestWriting:
    def test_a_typed_message_is_answered_and_has_its_ticks(self, page: Page) -> None:
        write(page, "Do you open on Sunday?")
        expect(answer(page)).to_contain_text("Do you open on Sunday?")
        expect(answer(page).locator("[data-ticks=read]")).to_be_visible()
        expect(mine(page).locator("[data-ticks=delivered], [data-ticks=read]")).to_be_visible()

    def test_a_tapped_bubble_is_replied_to(self, page: Page) -> None:
        write(page, "First")
        expect(answer(page)).to_contain_text("First")
        answer(page).locator(".bubble-text").click()
        expect(page.locator("#reply")).to_contain_text("First")
        expect(page.get_by_label("Message", exact=True)).to_be_focused()
        page.keyboard.type("Second")
        page.keyboard.press("Enter")
        expect(mine(page).locator(".quote")).to_contain_text("First")
        expect(page.locator("#reply")).to_be_hidden()
        write(page, "Third")
        expect(mine(page)).to_contain_text("Third")
        expect(mine(page).locator(".quote")).to_have_count(0)

    def test_escape_ends_a_reply(self, page: Page) -> None:
        write(page, "Hello")
        answer(page).locator(".bubble-text").click()
        page.keyboard.press("Escape")
        expect(page.locator("#reply")).to_be_hidden()

    def test_a_reaction_is_given_and_taken_back(self, page: Page) -> None:
        write(page, "React to me")
        expect(answer(page)).to_contain_text("React to me")
        bubble = page.locator(f"#{answer(page).get_attribute('id')}")
        for count in (1, 0):
            bubble.get_by_role("button", name="React").focus()
            page.keyboard.press("Enter")
            page.get_by_role("button", name="❤️").click()
            expect(bubble.locator("[data-reaction]")).to_have_count(count)

    def test_two_tabs_show_the_same(self, page: Page) -> None:
        tab = page.context.new_page()
        tab.goto(page.url)
        write(page, "Seen twice")
        for each in (page, tab):
            expect(each.locator("[data-author=person] .bubble-text", has_text="Seen twice")).to_have_count(1)
            expect(each.locator("[data-author=number] .bubble-text", has_text="Seen twice")).to_have_count(1)

    def test_after_25_hours_the_answer_is_a_template(self, page: Page) -> None:
        page.get_by_role("button", name="Let 25 hours pass").click()
        write(page, "Still there?")
        expect(page.locator("[data-template=new_bot_message]").last).to_contain_text("Still there?")
        page.get_by_role("button", name="Back to the present").click()
        write(page, "Here I am")
        expect(answer(page)).to_contain_text("Here I am")


def test_no_click_is_lost_while_something_is_under_way(page: Page) -> None:
    page.get_by_role("button", name="Let 25 hours pass").click()
    back = page.get_by_role("button", name="Back to the present")
    expect(back).to_be_visible()
    page.evaluate(IN_HASTE)
    expect(back).to_have_count(0)


def test_a_server_that_does_not_answer_is_told_of_until_it_does(chromium: str, demo: Demo) -> None:
    with browsing.page_of(
        chromium, demo.url, forgiving=["ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest"]
    ) as page:
        page.goto(demo.newcomer())
        page.context.set_offline(True)
        expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
        page.context.set_offline(False)
        expect(page.get_by_role("alert")).not_to_contain_text("The server does not answer.")


def test_a_message_is_held_while_the_token_is_expired_and_the_team_is_told(page: Page) -> None:
    page.locator("#switch-token_expired").click()
    expect(page.locator("#switch-token_expired")).to_have_attribute("aria-pressed", "true")
    write(page, "Anybody there?")
    expect(page.locator("#made")).to_have_attribute("data-status", "held")
    expect(page.locator("#made")).to_contain_text("Held: The access token has expired.")
    expect(page.locator("#state")).to_contain_text("What the team was told")
    expect(page.locator("[data-author=number]")).to_have_count(0)
    page.locator("#switch-token_expired").click()
    expect(answer(page)).to_contain_text("Anybody there?")
    expect(page.locator("#state")).not_to_contain_text("What the team was told")


class TestSounds:
    def test_a_voice_note_is_recorded_sent_and_played(self, page: Page) -> None:
        page.get_by_role("button", name="Record a voice note").click()
        expect(page.get_by_role("timer")).not_to_contain_text("0:00")
        page.get_by_role("button", name="Send the voice note").click()
        expect(answer(page).locator("audio")).to_have_attribute("aria-label", "Voice note")
        assert answer(page).locator("audio").evaluate(browsing.PLAYS)
        audio = mine(page).locator("audio")
        assert audio.evaluate(SECONDS_OF) > 0.5
        assert audio.evaluate(browsing.PLAYS)

    def test_a_recording_can_be_discarded(self, page: Page) -> None:
        page.get_by_role("button", name="Record a voice note").click()
        page.get_by_role("button", name="Discard the recording").click()
        expect(page.get_by_label("Message", exact=True)).to_be_focused()
        write(page, "Better in writing")
        expect(answer(page)).to_contain_text("Better in writing")
        expect(page.locator("#bubbles > [data-author]")).to_have_count(2)

    def test_a_voice_note_is_uploaded_and_played(self, page: Page) -> None:
        choose(page, "Sound", "note.ogg", opus.as_ogg(webm()), "audio/ogg")
        page.get_by_role("button", name="Send the file").click()
        expect(answer(page).locator("audio")).to_have_attribute("aria-label", "Voice note")
        assert answer(page).locator("audio").evaluate(browsing.PLAYS)
        audio = mine(page).locator("audio")
        assert audio.evaluate(SECONDS_OF) == pytest.approx(1, abs=0.05)
        assert audio.evaluate(browsing.PLAYS)


class TestAttachments:
    def test_a_photo_goes_with_its_caption(self, page: Page) -> None:
        choose(page, "Photo", "receipt.png", png(64, 48), "image/png")
        page.get_by_label("Caption").fill("My receipt")
        page.keyboard.press("Enter")
        expect(answer(page)).to_contain_text("A picture, with the words “My receipt”")
        assert (
            mine(page)
            .locator("img")
            .evaluate("async picture => { await picture.decode(); return picture.naturalWidth }")
            == 64
        )

    def test_a_document_keeps_its_name(self, page: Page) -> None:
        choose(page, "Document", "invoice 7.pdf", PDF, "application/pdf")
        page.get_by_role("button", name="Send the file").click()
        expect(answer(page)).to_contain_text("A document named “invoice 7.pdf”")
        with page.expect_download() as download:
            mine(page).get_by_role("link", name="invoice 7.pdf").click()
        assert download.value.suggested_filename == "invoice 7.pdf"

    def test_a_photo_that_is_too_large_is_refused_in_words(self, page: Page, tmp_path: Path) -> None:
        (tmp_path / "huge.png").write_bytes(png() + bytes(20 * MEGABYTE))
        with page.expect_file_chooser() as chooser:
            attach(page, "Photo")
        chooser.value.set_files(tmp_path / "huge.png")
        page.get_by_role("button", name="Send the file").click()
        expect(page.get_by_role("alert")).to_contain_text("too large")
        expect(page.locator("#bubbles > [data-author]")).to_have_count(0)

    def test_a_sticker(self, page: Page) -> None:
        attach(page, "Sticker")
        page.get_by_role("button", name="thanks").click()
        expect(answer(page)).to_contain_text("A sticker")
        expect(mine(page).get_by_alt_text("Sticker")).to_be_visible()

    def test_a_place_and_a_contact(self, page: Page) -> None:
        attach(page, "Location")
        page.get_by_label("Place").fill("Clinic")
        page.keyboard.press("Enter")
        expect(answer(page)).to_contain_text("A place: Clinic")
        attach(page, "Contact")
        page.get_by_role("button", name="Send contact").click()
        expect(answer(page)).to_contain_text("A contact: Sipho Dube, +27 82 555 0100")


class TestPeople:
    def test_somebody_with_a_username_is_answered(self, page: Page) -> None:
        page.get_by_text("Add a person").click()
        page.get_by_label("Name").fill("Nomsa")
        page.get_by_label("does not see").check()
        page.keyboard.press("Enter")
        expect(page.get_by_placeholder("Type a message as Nomsa")).to_be_focused()
        write(page, "Who am I?")
        expect(answer(page)).to_contain_text("Who am I?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_all_fits_a_narrow_screen(chromium: str, demo: Demo, scheme: str) -> None:
    narrow = {"viewport": {"width": 390, "height": 844}, "color_scheme": scheme, "has_touch": True}
    with browsing.page_of(chromium, demo.url, **narrow) as page:
        page.goto(demo.newcomer())
        write(page, "A rather long message, so that its bubble is as wide as bubbles come on a telephone")
        expect(answer(page)).to_contain_text("A rather long")
        answer(page).locator(".bubble-text").tap()
        expect(page.locator("#reply")).to_be_in_viewport()
        for pane in ("document.documentElement", "document.getElementById('scroller')"):
            assert page.evaluate(f"{pane}.scrollWidth - {pane}.clientWidth") == 0
        page.get_by_role("button", name="Attach").tap()
        page.locator("#attach").get_by_role("button", name="Location").tap()
        expect(page.get_by_role("button", name="Send location").last).to_be_in_viewport()


@pytest.mark.django_db(transaction=True)
class TestTapping:
    @pytest.fixture
    def phone(
        self, chromium: str, wired: LiveServer, chat: SimulatedChat, channel: Channel, browser: Client
    ) -> Iterator[Page]:
        cookie = {"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": wired.url}
        with browsing.page_of(chromium, wired.url) as page:
            page.context.add_cookies([cookie])  # type: ignore[list-item]
            page.goto(wired.url + test_phone.page_of(chat))
            yield page

    def test_a_button_arrives_as_its_id(
        self, phone: Page, aside: Aside, chat: SimulatedChat, work: Callable[[], object]
    ) -> None:
        asked = aside(lambda: number_says(chat, "interactive", BUTTONS))
        phone.get_by_role("button", name="Yes", exact=True).click()
        expect(mine(phone).locator(".quote")).to_contain_text("Shall I book it?")
        arrived = aside(lambda: eventually(lambda: work() or arrivals(), within=60))
        assert arrived == [("interactive", "Yes", asked.wamid)]

    def test_a_row_of_a_list_by_keyboard(
        self, phone: Page, aside: Aside, chat: SimulatedChat, work: Callable[[], object]
    ) -> None:
        asked = aside(lambda: number_says(chat, "interactive", LIST))
        phone.get_by_role("button", name="Choose a day").focus()
        phone.keyboard.press("Enter")
        phone.get_by_role("button", name="Tuesday").focus()
        phone.keyboard.press("Enter")
        expect(mine(phone)).to_contain_text("Tuesday")
        expect(phone.locator(".sheet:popover-open")).to_have_count(0)
        arrived = aside(lambda: eventually(lambda: work() or arrivals(), within=60))
        assert arrived == [("interactive", "Tuesday", asked.wamid)]


def arrivals() -> list[tuple[str, str, str]]:
    return list(Message.objects.filter(direction=Direction.INBOUND).values_list("type", "text", "quoted"))


def test_no_click_on_a_switch_is_lost(page: Page) -> None:
    page.evaluate("for (const name of ['unregistered', 'deaf']) document.getElementById(`switch-${name}`).click()")
    for name in ("unregistered", "deaf"):
        expect(page.locator(f"#switch-{name}")).to_have_attribute("aria-pressed", "true")
    page.locator("#switch-none").click()
    expect(page.locator("#switch-deaf")).to_have_attribute("aria-pressed", "false")
