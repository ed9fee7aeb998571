"""What bots and programs send: fetched, looked at, adapted, brought to Meta and sent by its id there."""

import wave
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from channels_app.bots.contract import Attachment, Reply
from channels_app.models import KeptFile, Upload
from channels_app.simulator.models import SimulatedMedia
from channels_app.simulator.rehearsal.bubbles import Bubble
from channels_app.simulator.rehearsal.meta import Meta
from tests.far_end import FarEnd
from tests.simulator.attachments import PDF, WEBP, film, png

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024


@pytest.fixture
def web(far_end: FarEnd, settings: Any) -> FarEnd:
    """A server on the web, as far as the product knows."""
    settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    return far_end


Sends = Callable[..., Bubble]


@pytest.fixture
def sends(meta: Meta, web: FarEnd) -> Sends:
    """Have the bot send a file that is on the web; gives what arrives."""

    def send(content: bytes, name: str = "", text: str = "Here", **more: Any) -> Bubble:
        web.otherwise = lambda asked: (200, content)
        attachment = Attachment(url=f"{web.url}/{name}", **more)
        meta.answer_with(lambda turn: Reply(text=text, attachment=attachment))
        thandi = meta.person("Thandi")
        thandi.writes("Send it")
        bubble = thandi.next_bubble()
        assert bubble is not None
        return bubble

    return send


def file_of(bubble: Bubble) -> bytes:
    """What is on the phone."""
    with SimulatedMedia.objects.get(media_id=bubble.content["id"]).file.open("rb") as opened:
        return bytes(opened.read())


def noise(width: int, height: int, kind: str = "PNG", mode: str = "RGB") -> bytes:
    into = BytesIO()
    Image.effect_noise((width, height), 90).convert(mode).save(into, kind)
    return into.getvalue()


def test_a_photo_arrives_as_one_by_its_id_with_its_caption(sends: Sends, meta: Meta) -> None:
    bubble = sends(png(), "roof.png")
    assert (bubble.type, bubble.content["caption"], file_of(bubble)) == ("image", "Here", png())
    (message,) = meta.messages
    assert (message.sent_as, message.attachments[0]["size"]) == ("image", len(png()))


def test_a_document_keeps_its_name(sends: Sends) -> None:
    bubble = sends(PDF, "x", filename="invoice 7.pdf")
    assert (bubble.type, bubble.content["filename"], bubble.content["caption"]) == ("document", "invoice 7.pdf", "Here")


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (png(), "lies.pdf", "image"),
        (PDF, "lies.jpg", "document"),
        (film(), "lies.txt", "video"),
        (b"a;b\n1;2\n", "table.csv", "document"),
        (b"\xff\xf1" + b"\0" * 100, "sound", "audio"),
    ],
)
def test_a_file_goes_as_what_its_bytes_say(sends: Sends, content: bytes, name: str, kind: str) -> None:
    bubble = sends(content, name, "")
    assert (bubble.type, file_of(bubble)) == (kind, content)


@pytest.mark.parametrize(
    "content", [WEBP, noise(60, 40, "GIF", "P"), noise(60, 40, "TIFF"), noise(60, 40, "JPEG", "CMYK")]
)
def test_other_pictures_are_converted(sends: Sends, content: bytes) -> None:
    bubble = sends(content, "a.webp")
    assert bubble.type == "image"
    assert Image.open(BytesIO(file_of(bubble))).mode in ("RGB", "RGBA")


def test_a_photo_of_an_iphone_is_converted(sends: Sends) -> None:
    bubble = sends(noise(64, 64, "HEIF"), "IMG_1.HEIC")
    assert (bubble.type, Image.open(BytesIO(file_of(bubble))).format) == ("image", "JPEG")


def test_a_picture_of_6_mb_is_made_smaller(sends: Sends, meta: Meta) -> None:
    content = noise(1650, 1650)
    assert len(content) > 6 * MEGABYTE
    bubble = sends(content, "big.png")
    assert bubble.type == "image"
    assert len(file_of(bubble)) <= 5 * MEGABYTE
    note = meta.messages[0].attachments[0]["note"]
    assert note.startswith("big.png has 6")
    assert note.endswith("it was made smaller.")


def test_a_sticker_is_sent_as_one(sends: Sends, meta: Meta) -> None:
    bubble = sends(WEBP, "s.webp", "Ha", type="sticker")
    assert (bubble.type, file_of(bubble)) == ("sticker", WEBP)
    meta.person("Thandi").hears("Ha")


def test_a_sound_comes_behind_its_words(sends: Sends, meta: Meta) -> None:
    bubble = sends(b"\xff\xf1" + b"\0" * 100, "sound", "Listen")
    assert (bubble.type, bubble.text) == ("text", "Listen")
    assert meta.person("Thandi").heard[-1].type == "audio"


def test_the_same_file_is_uploaded_once(sends: Sends, meta: Meta) -> None:
    first, second = sends(png(), "a.png"), sends(png(), "b.png")
    assert first.content["id"] == second.content["id"]
    assert Upload.objects.count() == 1
    meta.hours_pass(24 * 29 + 1)
    assert sends(png(), "c.png").content["id"] != first.content["id"]


def test_bytes_from_a_bot_are_sent(meta: Meta) -> None:
    meta.answer_with(lambda turn: Reply(text="Chart", attachment=Attachment(content=png(), filename="chart.png")))
    meta.person("Thandi").writes("Show me")
    bubble = meta.person("Thandi").hears("Chart")
    assert (bubble.type, file_of(bubble)) == ("image", png())
    assert KeptFile.objects.get().name == "chart.png"


def test_a_wav_is_sent_as_a_sound_that_whatsapp_plays(sends: Sends) -> None:
    into = BytesIO()
    with wave.open(into, "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(b"\0\1" * 16_000)
    bubble = sends(into.getvalue(), "say.wav", "")
    assert bubble.type == "audio"
    assert SimulatedMedia.objects.get(media_id=bubble.content["id"]).mime_type == "audio/mpeg"
