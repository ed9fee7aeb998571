"""The inbox in Chromium: somebody writes on the simulated phone, and a member of the team answers, live."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.simulator import browsing
from tests.simulator.attachments import png
from tests.simulator.demo import Demo, running
from tests.web.accessibility import complaints, overflow
from tests.web.test_browser_team import sign_in

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1280, "height": 800}}
NARROW = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as started:
        yield started
        assert "Traceback" not in started.said


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest, chromium: str, demo: Demo) -> Iterator[Page]:
    """A member of the team, signed in; the phone is another tab."""
    with browsing.page_of(chromium, demo.url, **request.param) as page:
        sign_in(page, demo)
        yield page


@pytest.fixture
def phone(page: Page, demo: Demo) -> Page:
    tab = page.context.new_page()
    tab.goto(demo.newcomer())
    return tab


def write(phone: Page, words: str) -> None:
    phone.get_by_label("Message", exact=True).fill(words)
    phone.keyboard.press("Enter")


def test_a_message_is_seen_answered_and_ticked_without_a_reload(page: Page, phone: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/t/demo/conversations/")
    page.evaluate("window.stayed = true")
    page.bring_to_front()
    words = "Do you open on Sunday?"
    write(phone, words)
    page.bring_to_front()
    row = page.locator(".inbox-row-link", has_text=words).first
    expect(row).to_be_visible()
    assert page.evaluate("window.stayed")
    row.click()
    expect(page.locator("[data-author=bot]").last).to_contain_text(words)

    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("You have this conversation")).to_be_visible()
    write(phone, "Is there anybody?")
    page.bring_to_front()
    expect(page.locator("[data-author=participant]").last).to_contain_text("Is there anybody?")

    page.get_by_role("textbox", name="Message").fill("Yes, from 9:00 on.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[data-author=person]").last).to_contain_text("Yes, from 9:00 on.")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")
    expect(phone.locator("[data-author=number]").last).to_contain_text("Yes, from 9:00 on.")
    phone.bring_to_front()
    page.bring_to_front()
    expect(
        page.locator("[data-author=person] [data-ticks=read], [data-author=person] [data-ticks=delivered]")
    ).to_be_visible()
    expect(page.locator("[data-author=bot]")).to_have_count(1)

    page.get_by_role("button", name="Hand back").click()
    expect(page.get_by_text("You have this conversation")).to_have_count(0)
    write(phone, "Thank you")
    page.bring_to_front()
    expect(page.locator("[data-author=bot]").last).to_contain_text("Thank you")
    assert page.evaluate("window.stayed")
    for pane in ("document.documentElement", "document.getElementById('scroller')"):
        assert page.evaluate(f"{pane}.scrollWidth - {pane}.clientWidth") == 0


def test_whoever_reads_further_up_is_told_of_what_comes_below(page: Page, phone: Page, demo: Demo) -> None:
    phone.get_by_label("Message", exact=True).fill("\n".join(["A long story"] * 80))
    phone.keyboard.press("Enter")
    expect(phone.locator("[data-author=number]").last).to_contain_text("A long story")
    page.bring_to_front()
    page.goto(f"{demo.url}/t/demo/conversations/")
    page.locator(".inbox-row-link").first.click()
    expect(page.locator("[data-author=bot]").last).to_contain_text("A long story")
    below = page.get_by_role("button", name="New messages below")
    expect(below).to_be_hidden()
    page.locator("#scroller").evaluate("scroller => scroller.scrollTop = 0")
    write(phone, "And then?")
    page.bring_to_front()
    expect(below).to_be_in_viewport()
    assert page.locator("#scroller").evaluate("scroller => scroller.scrollTop") == 0
    below.click()
    expect(page.locator("[data-author=participant]", has_text="And then?")).to_be_in_viewport()
    expect(below).to_be_hidden()


def test_it_is_answered_by_keyboard_alone(page: Page, phone: Page, demo: Demo) -> None:
    write(phone, "By keyboard")
    expect(phone.locator("[data-author=number]").last).to_contain_text("By keyboard")
    page.goto(f"{demo.url}/t/demo/conversations/?q=keyboard")
    page.bring_to_front()
    page.locator(".inbox-row-link").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Message").focus()
    page.keyboard.type("One line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and another")
    page.keyboard.press("Enter")
    expect(page.locator("[data-author=person] .bubble-text")).to_have_text("One line\nand another")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_after_25_hours_it_is_told_how_it_will_arrive(page: Page, phone: Page, demo: Demo) -> None:
    words = f"Long ago {uuid4().hex[:8]}"
    write(phone, words)
    expect(phone.locator("[data-author=number]").last).to_contain_text(words)
    panel = phone.get_by_role("button", name="Meta's side")
    if panel.is_visible():
        panel.click()
    phone.get_by_role("button", name="Let 25 hours pass").click()
    page.bring_to_front()
    page.goto(f"{demo.url}/t/demo/conversations/?q={words.replace(' ', '+')}")
    page.locator(".inbox-row-link").first.click()
    expect(page.locator(".inbox-terms-closed")).to_contain_text("new_bot_message")
    page.get_by_role("textbox", name="Message").fill("Good day!\n\nYour results are here.")
    expect(page.locator("#preview")).to_contain_text("Good day! | Your results are here.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[data-author=person] .pill").last).to_have_text("Template")
    expect(phone.locator("[data-template=new_bot_message]").last).to_contain_text("Your results are here.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("look", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_page_is_for_everybody(chromium: str, demo: Demo, look: dict[str, object], scheme: str) -> None:
    """No serious or critical issue and no sideways scrolling: with words, in a closed window, with what failed."""
    with browsing.page_of(chromium, demo.url, color_scheme=scheme, **look) as page:
        sign_in(page, demo)
        phone = page.context.new_page()
        phone.goto(demo.newcomer())
        write(phone, "For everybody: https://example.org/a-rather-long-address/which-nobody-could-ever-remember")
        expect(phone.locator("[data-author=number]").last).to_contain_text("For everybody")
        page.bring_to_front()
        for path in ("dashboard/", "conversations/", "conversations/?q=nobody+said+this"):
            page.goto(f"{demo.url}/t/demo/{path}")
            assert (complaints(page), overflow(page)) == ([], 0), path
        page.goto(f"{demo.url}/t/demo/conversations/?q=everybody")
        page.locator(".inbox-row-link").first.click()
        page.get_by_role("button", name="Take over").click()
        expect(page.get_by_text("You have this conversation")).to_be_visible()
        page.get_by_role("textbox", name="Message").fill("word " * 1000)
        expect(page.locator("#preview")).to_contain_text("Arrives as 2 messages")
        assert (complaints(page), overflow(page)) == ([], 0)


def test_a_file_and_a_voice_note_are_sent(page: Page, phone: Page, demo: Demo) -> None:
    write(phone, "Send me something")
    expect(phone.locator("[data-author=number]").last).to_contain_text("Send me something")
    page.goto(f"{demo.url}/t/demo/conversations/?q=Send+me+something")
    page.bring_to_front()
    page.locator(".inbox-row-link").first.click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach a file").click()
    chooser.value.set_files({"name": "card.png", "mimeType": "image/png", "buffer": png(64, 48)})
    page.get_by_role("textbox", name="Message").fill("Her card")
    page.keyboard.press("Enter")
    picture = page.locator("[data-author=person] img")
    expect(picture).to_be_visible()
    assert picture.evaluate("async picture => { await picture.decode(); return picture.naturalWidth }") == 64
    expect(page.locator("[data-author=person]").last).to_contain_text("Her card")
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.get_by_role("timer")).not_to_contain_text("0:00")
    page.get_by_role("button", name="Send the voice note").click()
    expect(page.locator("[data-author=person] audio")).to_be_visible()
    expect(phone.locator("[data-author=number] [data-voice=true] audio")).to_be_visible()
    assert page.locator("[data-author=person] audio").evaluate(browsing.PLAYS)


def test_a_voice_note_and_its_spoken_answer_are_played_in_the_transcript(page: Page, phone: Page, demo: Demo) -> None:
    phone.get_by_role("button", name="Record a voice note").click()
    expect(phone.get_by_role("timer")).not_to_contain_text("0:00")
    phone.get_by_role("button", name="Send the voice note").click()
    answer = phone.locator("[data-author=number] [data-voice=true] audio")
    expect(answer).to_be_visible()
    assert answer.evaluate(browsing.PLAYS)
    page.goto(f"{demo.url}/t/demo/conversations/")
    page.bring_to_front()
    page.locator(".inbox-row-link").first.click()
    for who in ("participant", "bot"):
        audio = page.locator(f"[data-author={who}] audio").last
        expect(audio).to_be_visible()
        assert audio.evaluate(browsing.PLAYS)


def test_without_scripts_it_is_answered_too(chromium: str, demo: Demo) -> None:
    with browsing.page_of(chromium, demo.url) as page:
        page.goto(demo.newcomer())
        write(page, "No scripts there")
        expect(page.locator("[data-author=number]").last).to_contain_text("No scripts there")
        browser = page.context.browser
        assert browser is not None
        plain = browser.new_context(java_script_enabled=False).new_page()
        email, password = demo.login()
        plain.goto(f"{demo.url}/accounts/login/")
        plain.locator("[name=login]").fill(email)
        plain.locator("[name=password]").fill(password)
        plain.get_by_role("button", name="Sign in").click()
        plain.goto(f"{demo.url}/t/demo/conversations/")
        plain.get_by_role("searchbox", name="Search").fill("No scripts")
        plain.keyboard.press("Enter")
        plain.locator(".inbox-row-link").first.click()
        plain.get_by_role("textbox", name="Message").fill("It works")
        plain.get_by_role("button", name="Send", exact=True).click()
        expect(plain.locator("[data-author=person]")).to_contain_text("It works")
        plain.get_by_role("button", name="Take over").click()
        expect(plain.get_by_text("You have this conversation")).to_be_visible()
