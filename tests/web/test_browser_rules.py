"""A menu is written in Chromium, with scripts and without, on every screen and in both lights, and then answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.simulator import browsing
from tests.simulator.demo import Demo, running
from tests.web.accessibility import complaints, overflow
from tests.web.test_browser_team import DESKTOP, PHONE, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as started:
        yield started
        assert "Traceback" not in started.said


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="wide-light"),
        pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="narrow-dark"),
    ],
)
def test_a_menu_is_written_moved_and_tried(chromium: str, demo: Demo, look: dict[str, Any], javascript: bool) -> None:
    with browsing.page_of(chromium, demo.url, forgiving=("422",), java_script_enabled=javascript, **look) as page:
        sign_in(page, demo)
        page.goto(f"{demo.url}/t/demo/bots/new/?engine=rules")
        page.get_by_label("Name", exact=True).fill("Menu")
        write_hours(page)
        write_rules(page)
        page.get_by_role("button", name="Create").click()
        expect(page.get_by_text("Write what it answers.")).to_be_visible()
        assert overflow(page) <= 0
        if javascript:
            assert complaints(page) == []
        answers(page).nth(0).fill("We are *here*.")
        page.get_by_label("Name", exact=True).press("Enter")
        expect(page.get_by_role("heading", name="Menu", exact=True)).to_be_visible()
        page.get_by_role("link", name="Try it").click()
        page.get_by_label("Message").fill("MENU!")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Opening hours").click()
        expect(page.locator(".bubble", has_text="We are here.")).to_be_visible()


def words(page: Page) -> Any:
    return page.get_by_label("When somebody writes")


def answers(page: Page) -> Any:
    return page.locator("#rules_rules").get_by_label("The bot answers")


def write_rules(page: Page) -> None:
    """Three rows: the second is taken away, the third moved to the top."""
    words(page).nth(0).fill("menu\nhi*")
    answers(page).nth(0).fill("What is it?")
    page.locator("summary", has_text="Choices, and").nth(0).click()
    page.get_by_label("Title of the choice").nth(0).fill("A visit")
    page.get_by_role("button", name="Add a choice").nth(0).click()
    expect(page.get_by_label("Title of the choice").nth(1)).to_be_visible()
    page.get_by_label("Title of the choice").nth(1).fill("Opening hours")
    words(page).nth(1).fill("nobody")
    page.get_by_role("button", name="Add a rule").click()
    expect(words(page)).to_have_count(3)
    words(page).nth(2).fill("opening hours")
    page.get_by_role("button", name="Remove the rule").nth(1).click()
    expect(words(page)).to_have_count(2)
    page.get_by_role("button", name="Move up").nth(1).click()
    expect(words(page).nth(0)).to_have_value("opening hours")
    expect(words(page).nth(1)).to_have_value("menu\nhi*")


def write_hours(page: Page) -> None:
    """The whole week, in two spans on its first day."""
    page.locator("summary", has_text="Hours of business").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        page.get_by_label(f"{day}: opens at").fill("00:00")
        page.get_by_label(f"{day}: closes at").fill("00:00")
    page.get_by_role("button", name="Monday: add hours").click()
    expect(page.get_by_label("Monday: opens at")).to_have_count(2)
    expect(page.get_by_label("Sunday: closes at")).to_have_value("00:00")
