"""Chromium in front of the phone, with a microphone that beeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PATIENCE = 60_000
"""Milliseconds that something may take to be seen, on a machine with much else to do."""

PLAYS = "audio => new Promise((done, fail) => { audio.play().catch(fail); "
PLAYS += "audio.addEventListener('timeupdate', () => { if (audio.currentTime > 0) done(true) }); "
PLAYS += f"setTimeout(done, {PATIENCE}, false) }})"
"""Whether an element of sound plays, as a promise."""


@contextmanager
def page_of(chromium: str, url: str, **look: Any) -> Iterator[Page]:
    """A page of Chromium's that complains of nothing and calls nobody but the server at `url`.

    A complaint with one of the words of `forgiving`, should there be some, is what the test is after.
    """
    forgiving = look.pop("forgiving", ())
    complaints: list[str] = []
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | look)).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: complaints.extend([message.text] if message.type == "error" else []))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda call: complaints.extend([] if _is_ours(call.url, url) else [call.url]))
        yield page
        browser.close()
    assert [said for said in complaints if not any(word in said for word in forgiving)] == []


def _is_ours(called: str, url: str) -> bool:
    return called.startswith((url, "data:"))
