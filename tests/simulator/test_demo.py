"""`manage.py demo`: the real process, asked over HTTP and seen in Chromium."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.simulator import browsing
from tests.simulator.demo import ANSWERS_WITHIN, Demo, command, running

AT_THE_END = "(pane => pane.scrollHeight - pane.scrollTop - pane.clientHeight < 2)(document.getElementById('scroller'))"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as started:
        yield started
        assert "Traceback" not in started.said


@pytest.fixture
def page(chromium: str, demo: Demo) -> Iterator[Page]:
    """At a phone of one's own, on which nothing was said yet."""
    with browsing.page_of(chromium, demo.url) as page:
        page.goto(demo.newcomer())
        yield page


def test_one_process_does_everything(demo: Demo) -> None:
    found = requests.get(f"{demo.url}/health/", timeout=ANSWERS_WITHIN).json()
    assert {name for name, value in found.items() if value is True} == {
        *("database", "migrations", "broker", "workers"),
        *("conversion", "pictures", "speech"),
    }


def test_it_is_refused_a_second_time_in_one_line(demo: Demo, tmp_path: Path) -> None:
    folder, port = demo.log.parent, int(demo.url.rpartition(":")[2])
    for where, complaint in ((folder, "Another demo runs in"), (tmp_path, f"PORT {port} cannot be had")):
        log = tmp_path / "refused.txt"
        assert command(where, port, log).wait(ANSWERS_WITHIN) == 1
        assert complaint in log.read_text()
        assert log.read_text().count("\n") == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_soon_and_goes_on_where_it_was(tmp_path: Path, how: signal.Signals) -> None:
    with running(tmp_path) as first:
        login = first.login()
        assert first.end(how) == 0
    with running(tmp_path) as second:
        assert second.login() == login


@pytest.mark.browser
class TestPhone:
    def test_a_typed_message_is_answered(self, page: Page) -> None:
        page.get_by_label("Message", exact=True).fill("Do you open on Sunday?")
        page.keyboard.press("Enter")
        answer = page.locator("[data-author=number]").last
        expect(answer).to_contain_text("Do you open on Sunday?")
        expect(answer.locator("[data-ticks=read]")).to_be_visible()
        expect(
            page.locator("[data-author=person]").last.locator("[data-ticks=delivered], [data-ticks=read]")
        ).to_be_visible()
        expect(page.get_by_label("Message", exact=True)).to_be_focused()

    def test_messages_typed_in_haste_are_each_answered_once(self, page: Page) -> None:
        words = [f"in haste {number}" for number in range(6)]
        for word in words:
            page.get_by_label("Message", exact=True).fill(word)
            page.keyboard.press("Enter")
        for author in ("person", "number"):
            bubbles = page.locator(f"[data-author={author}] .bubble-text", has_text="in haste")
            expect(bubbles).to_have_text(words)
        page.wait_for_function(AT_THE_END)

    def test_after_25_hours_the_answer_is_a_template(self, page: Page) -> None:
        page.get_by_role("button", name="Let 25 hours pass").click()
        page.get_by_label("Message", exact=True).fill("Still there?")
        page.keyboard.press("Enter")
        expect(page.locator("[data-template=new_bot_message]").last).to_contain_text("Still there?")
        page.get_by_role("button", name="Have the bot write").click()
        expect(page.locator("[data-template=new_bot_message]").last).to_contain_text("Good morning!")
        page.get_by_role("button", name="Back to the present").click()
        page.get_by_label("Message", exact=True).fill("Here I am")
        page.keyboard.press("Enter")
        expect(page.locator("[data-author=number]").last).to_contain_text("Here I am")
        expect(page.locator("[data-author=number]").last).not_to_have_attribute("data-template", re.compile("."))

    def test_it_fits_a_narrow_screen(self, page: Page) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function("document.documentElement.scrollWidth <= 390")
        expect(page.get_by_role("button", name="Record a voice note")).to_be_in_viewport()
        page.get_by_role("button", name="Meta's side").click()
        expect(page.get_by_role("button", name="Let 25 hours pass")).to_be_in_viewport()
        page.keyboard.press("Escape")
        page.get_by_role("link", name="All people").click()
        page.get_by_text("Add a person").click()
        page.get_by_label("Name").fill("Sipho")
        page.keyboard.press("Enter")
        expect(page.get_by_placeholder("Type a message as Sipho")).to_be_focused()

    def test_the_printed_login_opens_the_team(self, page: Page, demo: Demo) -> None:
        email, password = demo.login()
        page.goto(demo.url)
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign In").click()
        expect(page.get_by_role("link", name="Echo")).to_be_visible()
        assert page.url == f"{demo.url}/t/demo/"
