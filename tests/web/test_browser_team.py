"""A team's pages in Chromium: from an invitation to an answered message, on every screen, in both lights, by all."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.simulator import browsing
from tests.simulator.demo import Demo, running
from tests.web.accessibility import complaints, overflow

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LOOKS = [
    pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="wide-light"),
    pytest.param({"viewport": DESKTOP, "color_scheme": "dark"}, id="wide-dark"),
    pytest.param({"viewport": PHONE, "color_scheme": "light"}, id="narrow-light"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="narrow-dark"),
]
PAGES = [
    "/t/demo/",
    "/t/demo/bots/",
    "/t/demo/bots/new/",
    "/t/demo/bots/new/?engine=llm",
    "/t/demo/bots/new/?engine=rules",
    "/t/demo/settings/",
    "/t/demo/settings/providers/",
    "/t/demo/settings/providers/new/",
    "/t/demo/settings/ai-providers/new/",
    "/t/demo/settings/people/",
    "/t/demo/settings/keys/",
    "/t/demo/settings/audit/",
    "/t/demo/settings/name/",
    "/t/demo/settings/leave/",
    "/t/demo/settings/delete/",
    "/teams/new/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/logout/",
    "/nothing/",
]
STRANGERS_PAGES = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/invitations/none/"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as started:
        yield started
        assert "Traceback" not in started.said


def sign_in(page: Page, demo: Demo) -> None:
    email, password = demo.login()
    page.goto(f"{demo.url}/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/demo/**")


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_for_everybody(chromium: str, demo: Demo, tmp_path: Path, look: dict[str, object]) -> None:
    """No serious or critical issue, and no sideways scrolling, on any page."""
    found: dict[str, list[str]] = {}

    def visit(page: Page, path: str) -> None:
        page.goto(f"{demo.url}{path}")
        examine(page, path)

    def examine(page: Page, what: str) -> None:
        said = complaints(page) + ([f"{overflow(page)} px too wide"] if overflow(page) > 0 else [])
        if said:
            found[what] = said

    with browsing.page_of(chromium, demo.url, forgiving=("404",), **look) as page:
        for path in STRANGERS_PAGES:
            visit(page, path)
        sign_in(page, demo)
        for path in PAGES:
            visit(page, path)
        page.goto(f"{demo.url}/t/demo/")
        page.locator(".account-now:visible").click()
        page.wait_for_timeout(300)
        examine(page, "the account menu")
        page.locator(".shell-main").click(position={"x": 5, "y": 5})
        bot = page.locator("a.row-name[href*='/bots/']").first.get_attribute("href") or ""
        for path in (bot, f"{bot}edit/", f"{bot}try/", f"{bot}delete/", f"{bot}channels/new/"):
            visit(page, path)
        page.goto(f"{demo.url}{bot}")
        page.get_by_role("link", name="Add channel").click()
        page.get_by_label("Messaging Provider").select_option(label="Demo Clinic")
        expect(page.locator(".offer").first).to_be_visible()
        examine(page, "the dialog of a new channel")
        page.goto(f"{demo.url}/t/demo/settings/")
        page.locator("a.row-name[href*='/providers/']").first.click()
        page.get_by_role("button", name="Check now").click()
        expect(page.locator(".checks li").first).to_be_visible()
        examine(page, "a provider")
    assert found == {}


def make_provider(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/t/demo/settings/")
    page.get_by_role("link", name="Add Provider").click()
    page.get_by_label("Type", exact=True).select_option(label="Simulated")
    page.get_by_label("Name", exact=True).fill("Second clinic")
    page.get_by_label("WhatsApp Business Account ID").fill("sim-200000000000002")
    page.get_by_label("System User Access Token").fill("sim-token-of-the-second-clinic")
    page.get_by_label("App Secret").fill("0123456789abcdef0123456789abcdef")
    expect(page.get_by_label("Webhook Verify Token")).not_to_have_value("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Second clinic")).to_be_visible()
    expect(page.locator(".checks li").first).to_be_visible()


def make_bot(page: Page) -> None:
    page.get_by_role("link", name="Bots", exact=True).first.click()
    page.get_by_role("link", name="New bot").click()
    page.get_by_role("link", name="Echo").click()
    page.get_by_label("Name", exact=True).fill("Second parrot")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Second parrot")).to_be_visible()


def make_channel(page: Page) -> None:
    page.get_by_role("link", name="Add channel").click()
    page.get_by_label("Messaging Provider").select_option(label="Second clinic")
    page.locator(".offer:not([disabled])").first.click()
    expect(page.get_by_label("WhatsApp Number")).not_to_have_value("")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("The channel is there.")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_somebody_joins_by_a_link(chromium: str, demo: Demo, javascript: bool) -> None:
    """The whole way of a newcomer, with scripts and without."""
    with browsing.page_of(chromium, demo.url, java_script_enabled=javascript) as page:
        sign_in(page, demo)
        page.goto(f"{demo.url}/t/demo/settings/people/")
        page.get_by_label("Role", exact=True).select_option(label="Editor")
        page.get_by_role("button", name="Make a link").click()
        link = re.search(r"http\S+", page.locator("#link").inner_text())
        assert link
        page.context.clear_cookies()
        page.goto(link[0])
        page.get_by_role("link", name="Make an account").click()
        page.locator("[name=email]").fill(f"newcomer-{javascript}@example.org".lower())
        page.locator("[name=password1]").fill("a-long-one-of-8-words")
        page.locator("[name=password2]").fill("a-long-one-of-8-words")
        page.get_by_role("button", name="Sign up").click()
        expect(page.get_by_text("Welcome to Demo.")).to_be_visible()


def test_a_team_sets_itself_up_and_tries_its_bot(chromium: str, demo: Demo) -> None:
    with browsing.page_of(chromium, demo.url) as page:
        sign_in(page, demo)
        make_provider(page, demo)
        make_bot(page)
        make_channel(page)
        page.get_by_role("link", name="Try it").click()
        page.get_by_label("Message").fill("Good morning")
        page.keyboard.press("Enter")
        expect(page.locator(".bubble", has_text="Good morning")).to_have_count(2)


def test_what_is_pasted_into_the_wrong_field_is_told_at_once(chromium: str, demo: Demo) -> None:
    with browsing.page_of(chromium, demo.url) as page:
        sign_in(page, demo)
        page.goto(f"{demo.url}/t/demo/settings/providers/new/")
        page.get_by_label("WhatsApp Business Account ID").fill("+27 60 055 1234")
        expect(page.get_by_text("This looks like a phone number.")).to_be_visible()
        page.get_by_label("App Secret").fill("tooshort")
        expect(page.get_by_text("An app secret is 32 characters long")).to_be_visible()
        page.get_by_label("Type", exact=True).select_option(label="Simulated")
        expect(page.get_by_text("An app secret is 32 characters long")).to_be_hidden()


def test_a_channel_is_made_without_javascript(chromium: str, demo: Demo) -> None:
    with browsing.page_of(chromium, demo.url, forgiving=("422",), java_script_enabled=False) as page:
        sign_in(page, demo)
        page.goto(f"{demo.url}/t/demo/bots/")
        page.get_by_role("link", name="Echo", exact=True).first.click()
        page.get_by_role("link", name="Add channel").click()
        expect(page.get_by_role("heading", name="New WhatsApp channel")).to_be_visible()
        page.get_by_label("Messaging Provider").select_option(index=1)
        page.get_by_label("WhatsApp Number").fill("+1 555 010 9999")
        page.get_by_label("Name", exact=True).fill("Night desk")
        page.get_by_role("button", name="Create").click()
        expect(page.locator(".field-error")).to_contain_text("not in the account")
        expect(page.get_by_label("Name", exact=True)).to_have_value("Night desk")


def test_the_light_and_the_language_can_be_chosen(chromium: str, demo: Demo) -> None:
    with browsing.page_of(chromium, demo.url, color_scheme="light") as page:
        sign_in(page, demo)
        page.locator(".account-now:visible").click()
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "night")
        page.locator(".account-now:visible").click()
        page.get_by_role("button", name="Français").click()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        expect(page.get_by_role("link", name="Paramètres").first).to_be_visible()


def test_a_menu_opens_and_closes_by_keyboard(chromium: str, demo: Demo) -> None:
    with browsing.page_of(chromium, demo.url) as page:
        sign_in(page, demo)
        summary = page.locator(".account-now:visible")
        summary.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Sign out")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Sign out")).to_be_hidden()
        expect(summary).to_be_focused()
