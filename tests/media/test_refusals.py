"""Files that WhatsApp does not take, and addresses that nobody may call: adapted or refused, with one sentence."""

import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any
from unittest.mock import Mock
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from PIL import Image

from channels_app.bots.contract import Attachment, Reply
from channels_app.media import getting, keeping
from channels_app.models import Message, Status, Upload
from channels_app.outbound import packing
from channels_app.simulator.models import SimulatedMedia
from channels_app.simulator.rehearsal.meta import Meta
from tests.far_end import FarEnd
from tests.simulator.attachments import MP4, PDF, _chunk, png

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024
Try = Callable[..., Message]


@pytest.fixture
def tries(meta: Meta, far_end: FarEnd, settings: Any) -> Try:
    """Have the bot send a file; gives the message that it becomes."""
    settings.OUTBOUND_PRIVATE_HOSTS = [far_end.url.removeprefix("http://")]

    def try_it(content: bytes = b"", name: str = "", text: str = "Here", url: str = "", **more: Any) -> Message:
        far_end.otherwise = lambda asked: (200, content)
        attachment = Attachment(url=url or f"{far_end.url}/{name}", **more)
        meta.answer_with(lambda turn: Reply(text=text, attachment=attachment))
        meta.person("Thandi").writes("Send it")
        return meta.messages[-1]

    return try_it


def note(message: Message) -> str:
    (entry,) = message.attachments
    return str(entry.get("error") or entry["note"])


def zip_bomb() -> bytes:
    into = BytesIO()
    with ZipFile(into, "w", ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", b"\0" * 20 * MEGABYTE)
    return into.getvalue()


def picture_bomb(side: int = 30_000) -> bytes:
    """A small file that would take gigabytes once opened."""
    size = side.to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    pixels = zlib.compress(b"\0" * MEGABYTE)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


LINKED = [
    (
        MP4 + b"\0" * 17 * MEGABYTE,
        "clip.mp4",
        "clip.mp4 has 17.1 MB, more than the 16 MB that WhatsApp takes of videos",
    ),
    (
        b"MZ\x90\0" + b"\0" * 100,
        "setup.exe",
        "setup.exe is of a type that WhatsApp does not take (application/x-m",
    ),
    (zip_bomb(), "roof.png", "roof.png is of a type that WhatsApp does not take (application/zip)"),
    (b"<html><script>alert(1)</script></html>", "letter.pdf", "letter.pdf is of a type that WhatsApp does not take (t"),
    (b"@echo off\r\n", "run.bat", "run.bat is called like a program: it goes as a link."),
    (b"words", "X.EXE", "X.EXE is called like a program: it goes as a link."),
    (PDF, "letter.vbs", "letter.vbs is called like a program: it goes as a link."),
    (b"<h1>Hi</h1>", "h.html", "h.html is of a type that WhatsApp does not take (text/html)"),
    (b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 100, "say.wav", "say.wav is of a type that WhatsApp does not take (audio/wav"),
]


@pytest.mark.parametrize(("content", "name", "sentence"), LINKED)
def test_goes_as_a_link_with_its_name(tries: Try, client: Any, content: bytes, name: str, sentence: str) -> None:
    message = tries(content, name)
    assert note(message).startswith(sentence)
    words, _, line = message.text.partition("\n\n")
    named, link = line.split(": ", 1)
    assert (message.sent_as, words, named) == ("text", "Here", name)
    answer = client.get(link.removeprefix("http://testserver"))
    assert b"".join(answer.streaming_content) == content
    assert not SimulatedMedia.objects.exists()


def test_a_picture_that_is_a_bomb_is_not_handed_on(tries: Try) -> None:
    message = tries(picture_bomb(), "roof.png")
    assert note(message) == (
        "roof.png is no picture that can be sent. It would be too large once opened: 30000 by 30000 pixels."
    )
    assert (message.sent_as, message.text) == ("text", "Here")
    assert not SimulatedMedia.objects.exists()


def photo(kind: str) -> bytes:
    into = BytesIO()
    Image.effect_noise((64, 64), 90).convert("RGB").save(into, kind)
    return into.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_breaks_off_is_not_handed_on(tries: Try, kind: str) -> None:
    content = photo(kind)
    assert tries(content, "roof.jpg").sent_as == "image"
    message = tries(content[: len(content) * 2 // 3], "roof.jpg")
    assert note(message) == "roof.jpg is no picture that can be sent. It is damaged."
    assert (message.sent_as, message.text) == ("text", "Here")


def test_a_document_of_101_mb_goes_by_its_own_address(tries: Try, far_end: FarEnd) -> None:
    far_end.headers = {"X-Kind": "large"}
    message = tries(b"%PDF-" + b"\0" * 101 * MEGABYTE, "book.pdf")
    assert note(message) == "book.pdf has 101.1 MB; WhatsApp takes documents up to 100 MB, and nothing larger."
    assert message.text == f"Here\n\nbook.pdf: {far_end.url}/book.pdf"
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest/meta-data/", "http://localhost/a.png", "http://[::1]/a.png", "http://10.1.1.1/a"],
)
def test_a_private_address_is_neither_called_nor_told(tries: Try, url: str) -> None:
    message = tries(url=url)
    assert "is on a private network, which is not called from here." in note(message)
    assert (message.sent_as, message.text) == ("text", "Here")


def test_without_words_such_a_message_fails_with_that_sentence(tries: Try) -> None:
    message = tries(url="http://169.254.169.254/latest/meta-data/", text="")
    assert message.status == Status.FAILED
    assert message.error is not None
    assert "is on a private network" in message.error["detail"]


def test_a_redirect_to_a_private_address_is_not_followed(tries: Try, far_end: FarEnd, meta: Meta) -> None:
    far_end.headers = {"Location": "http://localhost:1/secret"}
    far_end.otherwise = lambda asked: (302, b"")
    attachment = Attachment(url=f"{far_end.url}/a.png")
    meta.answer_with(lambda turn: Reply(text="Here", attachment=attachment))
    meta.person("Thandi").writes("Send it")
    (message,) = meta.messages
    assert "localhost is on a private network" in note(message)
    assert message.text == "Here"


def test_one_that_never_ends_is_given_up_and_holds_nobody(
    tries: Try, monkeypatch: pytest.MonkeyPatch, endless: str
) -> None:
    monkeypatch.setattr(getting, "SECONDS", 0.3)
    monkeypatch.setattr(packing, "LONG", 0.2)
    called = Mock(wraps=getting.get)
    monkeypatch.setattr(getting, "get", called)
    message = tries(url=endless, name="")
    assert "broke off: it took too long" in note(message)
    assert message.text == f"Here\n\na.png: {endless}"
    assert called.call_count == 1


def test_one_that_is_not_there_goes_as_a_link(tries: Try, far_end: FarEnd, meta: Meta) -> None:
    far_end.otherwise = lambda asked: (404, b"")
    attachment = Attachment(url=f"{far_end.url}/a.png")
    meta.answer_with(lambda turn: Reply(text="Here", attachment=attachment))
    meta.person("Thandi").writes("Send it")
    (message,) = meta.messages
    assert note(message) == "127.0.0.1 answered 404."
    assert message.text == f"Here\n\na.png: {far_end.url}/a.png"


def test_one_that_never_says_how_large_it_is_is_named_too(
    tries: Try, monkeypatch: pytest.MonkeyPatch, endless: str
) -> None:
    monkeypatch.setattr(keeping, "LARGEST", 10)
    message = tries(url=endless)
    assert note(message) == "a.png has over 1 KB; WhatsApp takes documents up to 1 KB, and nothing larger."


def test_an_empty_file_is_not_sent(tries: Try) -> None:
    assert note(tries(b"", "a.png")) == "a.png is empty."


def test_outside_the_window_it_is_a_template_with_a_link(meta: Meta, far_end: FarEnd, settings: Any) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    far_end.otherwise = lambda asked: (200, PDF)
    attachment = Attachment(url=f"{far_end.url}/x", filename="letter.pdf")
    meta.answer_with(lambda turn: Reply(text="Yours", attachment=attachment))
    thandi = meta.person("Thandi")
    thandi.writes("Send it", hours_ago=25)
    bubble = thandi.hears_template()
    assert bubble.parameters[0].startswith("Yours | letter.pdf: http://testserver/f/")
    assert not SimulatedMedia.objects.exists()


@pytest.mark.parametrize("code", [131053, 131009])
def test_a_file_that_meta_refuses_goes_as_a_link(meta: Meta, tries: Try, code: int) -> None:
    meta.refuse(code)
    message = tries(png(), "roof.png")
    assert message.text.startswith("Here\n\nroof.png: http://testserver/f/")
    assert not Upload.objects.exists()


def test_one_that_fails_by_status_goes_as_a_link(meta: Meta, tries: Try) -> None:
    meta.refuse_by_status(131053)
    message = tries(png(), "roof.png")
    assert (message.sent_as, message.status) == ("text", "read")
    assert message.text.startswith("Here\n\nroof.png: http://testserver/f/")
    assert not Upload.objects.exists()
