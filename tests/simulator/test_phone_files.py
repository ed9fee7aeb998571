"""Files on the phone: what may be sent, what is said of what may not, and how they are shown again."""

from typing import Any

import pytest
from django.test import Client

from channels_app.models import User
from channels_app.simulator import people
from channels_app.simulator.models import SimulatedChat, SimulatedMedia, SimulatedMessage
from channels_app.simulator.phone import opus
from tests.simulator.attachments import PDF, png, webm
from tests.simulator.test_phone import HTMX, page_of
from tests.simulator.test_phone_messages import file, number_says

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024
VOICE = opus.as_ogg(webm())


@pytest.fixture(autouse=True)
def _files_of_one_test(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(browser: Client, chat: SimulatedChat, wish: str, content: bytes, name: str = "file", **more: str) -> Any:
    typed = {"file": file(name, content), "wish": wish, **more}
    return browser.post(page_of(chat, "file/"), typed, headers=HTMX)


def sent(chat: SimulatedChat) -> str:
    """The address of the file that was sent last."""
    return page_of(chat, f"file/{SimulatedMessage.objects.filter(chat=chat).latest('id').pk}/")


class TestSending:
    @pytest.mark.parametrize(
        ("wish", "content", "complaint"),
        [
            ("photo", b"", "JPEG or PNG"),
            ("photo", PDF, "JPEG or PNG"),
            ("sticker", png(), "WebP"),
            ("voice", png(), "no sound"),
            ("voice", webm([]), "cannot be read"),
            ("document", b"", "empty"),
            ("photo", png() + bytes(20 * MEGABYTE), "too large"),
            ("voice", VOICE + bytes(20 * MEGABYTE), "too large"),
            ("voice", webm() + bytes(20 * MEGABYTE), "no sound"),
        ],
    )
    def test_what_cannot_be_sent_is_said(
        self, browser: Client, chat: SimulatedChat, wish: str, content: bytes, complaint: str
    ) -> None:
        answer = upload(browser, chat, wish, content)
        assert complaint in answer.content.decode()
        assert answer["HX-Reswap"] == "none"
        assert not SimulatedMessage.objects.exists()
        assert not SimulatedMedia.objects.exists()

    def test_a_document_of_20_mb_is_sent(self, browser: Client, chat: SimulatedChat) -> None:
        upload(browser, chat, "document", PDF + bytes(20 * MEGABYTE), "large.pdf")
        assert SimulatedMedia.objects.get().size == len(PDF) + 20 * MEGABYTE

    def test_without_script_the_complaint_is_on_the_page(self, browser: Client, chat: SimulatedChat) -> None:
        answer = browser.post(page_of(chat, "file/"), {"wish": "photo"}, follow=True)
        assert answer.redirect_chain == [(page_of(chat), 302)]
        assert "Choose a file." in answer.content.decode()

    def test_several_are_several_messages_and_the_first_has_the_caption(
        self, browser: Client, chat: SimulatedChat
    ) -> None:
        quoted = number_says(chat, "text", {"body": "Hi"})
        typed = {"file": [file(f"{each}.png", png()) for each in range(3)], "wish": "photo", "caption": "Me"}
        browser.post(page_of(chat, "file/"), typed | {"quoted": quoted.pk}, headers=HTMX)
        found = SimulatedMessage.objects.filter(type="image")
        assert [(row.text, row.quoted) for row in found] == [("Me", quoted.wamid), ("", ""), ("", "")]

    @pytest.mark.parametrize("name", ["../../etc/passwd", "a\0b.pdf", "x" * 300 + ".pdf", "naïve 😀.pdf"])
    def test_odd_names_do_no_harm(self, browser: Client, chat: SimulatedChat, name: str) -> None:
        assert upload(browser, chat, "document", PDF, name).status_code == 200
        kept = SimulatedMessage.objects.get().content["document"]["filename"]
        assert "/" not in kept
        assert 0 < len(kept) <= 255


class TestShowing:
    def test_a_voice_note_can_be_played_from_anywhere_in_it(self, browser: Client, chat: SimulatedChat) -> None:
        upload(browser, chat, "voice", VOICE)
        whole = browser.get(sent(chat))
        assert (b"".join(whole), whole["Content-Type"]) == (VOICE, "audio/ogg; codecs=opus")
        part = browser.get(sent(chat), headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, VOICE[10:20])
        assert part["Content-Range"] == f"bytes 10-19/{len(VOICE)}"
        rest = browser.get(sent(chat), headers={"Range": "bytes=10-"})
        assert rest.content == VOICE[10:]

    def test_a_part_that_is_not_there_is_refused(self, browser: Client, chat: SimulatedChat) -> None:
        upload(browser, chat, "voice", VOICE)
        answer = browser.get(sent(chat), headers={"Range": "bytes=99999-"})
        assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(VOICE)}")

    @pytest.mark.parametrize("odd", ["bytes=-5", "bytes=1-2,4-5", "lines=1-2", "bytes=²-3"])
    def test_odd_ranges_get_the_whole(self, browser: Client, chat: SimulatedChat, odd: str) -> None:
        upload(browser, chat, "photo", png())
        assert b"".join(browser.get(sent(chat), headers={"Range": odd})) == png()

    @pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"<svg onload='alert(1)'/>"])
    def test_what_could_do_harm_is_saved_and_not_shown(
        self, browser: Client, chat: SimulatedChat, content: bytes
    ) -> None:
        typed = {"file": file("page.html", content, "text/html"), "wish": "document"}
        browser.post(page_of(chat, "file/"), typed, headers=HTMX)
        answer = browser.get(sent(chat))
        assert b"".join(answer) == content
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"] == 'attachment; filename="page.html"'
        assert answer["X-Content-Type-Options"] == "nosniff"

    def test_a_file_that_the_number_sent_is_shown(self, browser: Client, chat: SimulatedChat) -> None:
        upload(browser, chat, "photo", png())
        content = {"id": SimulatedMedia.objects.get().media_id, "caption": "The map"}
        number_says(chat, "image", content)
        assert b"".join(browser.get(sent(chat))) == png()
        assert "The map" in browser.get(page_of(chat)).content.decode()

    def test_to_others_it_does_not_exist(self, browser: Client, chat: SimulatedChat, charlie: User) -> None:
        upload(browser, chat, "photo", png())
        stranger = Client()
        stranger.force_login(charlie)
        assert stranger.get(sent(chat)).status_code == 404

    def test_a_file_of_another_number_does_not_exist(self, browser: Client, chat: SimulatedChat) -> None:
        upload(browser, chat, "photo", png())
        other = people.chat(chat.number.account.numbers.latest("id"), chat.person)
        number_says(other, "image", {"id": SimulatedMedia.objects.get().media_id})
        assert browser.get(sent(other)).status_code == 404

    def test_what_is_gone_or_was_never_there_is_unknown(self, browser: Client, chat: SimulatedChat) -> None:
        upload(browser, chat, "photo", png())
        SimulatedMedia.objects.get().file.delete(save=False)
        assert browser.get(sent(chat)).status_code == 404
        assert browser.get(page_of(chat, "file/999999999999999999999/")).status_code == 404
        number_says(chat, "text", {"body": "Hi"})
        assert browser.get(sent(chat)).status_code == 404

    def test_a_file_that_lies_elsewhere_is_named_and_not_fetched(self, browser: Client, chat: SimulatedChat) -> None:
        number_says(chat, "image", {"link": "https://files.example.org/7.png"})
        html = browser.get(page_of(chat)).content.decode()
        assert "https://files.example.org/7.png" in html
        assert 'src="https://files' not in html
