"""Files: taken up if they are what they say, found by their id, fetched in time, and forgotten."""

import struct
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import requests
import time_machine

from channels_app import clock
from channels_app.models import Team
from channels_app.simulator.graph import media
from channels_app.simulator.graph.media_types import OPUS
from channels_app.simulator.models import SimulatedAccount, SimulatedChat, SimulatedMedia, SimulatedNumber
from tests.fixtures import make_provider
from tests.simulator.attachments import film, png
from tests.simulator.graph_calls import Answer, Graph

pytestmark = pytest.mark.django_db(transaction=True)

PNG = png()
PALETTE_PNG = png().replace(b"\x08\x02", b"\x08\x03", 1)
BROKEN_PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
BROKEN_JPEG = b"\xff\xd8\xff\xe0" + b"x" * 100
DEEP_PNG = png().replace(b"\x08\x02", b"\x10\x02", 1)
VOICE = b"OggS\0\x02" + b"\0" * 22 + b"OpusHead\x01\x01" + b"x" * 100
STEREO = VOICE.replace(b"OpusHead\x01\x01", b"OpusHead\x01\x02")
WEBP = b"RIFF\0\0\0\0WEBPVP8 " + b"x" * 100
ANIMATED = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02" + b"x" * 100
MP4 = film()
MEGABYTE = 1024 * 1024
MINUTES = 60.0


def jpeg(*, bits: int, colours: int) -> bytes:
    """The beginning of one, with a profile before what says how its pixels are stored."""
    profile = b"\xff\xe2\xff\xff" + b"p" * 65533
    frame = struct.pack(">BHHB", bits, 8, 8, colours) + b"\x01\x11\x00" * colours
    return b"\xff\xd8" + profile + b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xda"


JPEG = jpeg(bits=8, colours=3)


@pytest.fixture
def open_chat(chat: SimulatedChat) -> SimulatedChat:
    SimulatedAccount.objects.update(is_subscribed=False)
    SimulatedChat.objects.update(wrote_at=clock.now())
    return chat


def upload(graph: Graph, number: SimulatedNumber, content: bytes, mime_type: str, **fields: Any) -> Answer:
    data = {"messaging_product": "whatsapp", "type": mime_type} | fields
    return graph.post(f"{number.phone_number_id}/media", data=data, files={"file": ("a file", content, mime_type)})


def fetch(graph: Graph, url: str, **headers: str | None) -> requests.Response:
    given = {"Authorization": f"Bearer {graph.token}", "User-Agent": "tests", **headers}
    sent = {name: value for name, value in given.items() if value is not None}
    return requests.get(url, headers=sent, timeout=30)


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (VOICE, OPUS),
        (VOICE, 'audio/ogg;codecs="opus"'),
        (WEBP, "image/webp"),
        (MP4, "video/mp4"),
        (MP4, "audio/mp4"),
        (b"%PDF-1.7 " + b"x" * 100, "application/pdf"),
        ("Grüße".encode(), "text/plain"),
        (JPEG.ljust(5 * MEGABYTE), "image/jpeg"),
        (jpeg(bits=8, colours=3), "image/jpeg"),
        (film(sound=()), "video/mp4"),
        (film(profile=100), "video/mp4"),
        (film().replace(b"mp42", b"3gp5", 1), "video/3gpp"),
        (png(), "image/png"),
        (WEBP.ljust(100 * 1024), "image/webp"),
        (ANIMATED.ljust(500 * 1024), "image/webp"),
    ],
)
def test_a_file_goes_up_and_comes_down_as_it_was(
    graph: Graph, number: SimulatedNumber, content: bytes, mime_type: str
) -> None:
    media_id = upload(graph, number, content, mime_type).body["id"]
    found = graph.get(media_id, phone_number_id=number.phone_number_id).body
    assert (found["id"], found["file_size"]) == (media_id, str(len(content)))
    assert found["sha256"] == sha256(content).hexdigest()
    down = fetch(graph, found["url"])
    assert (down.status_code, down.content) == (200, content)
    assert down.headers["Content-Type"] == found["mime_type"]


@pytest.mark.parametrize(
    ("content", "mime_type", "code"),
    [
        (PNG, "image/jpeg", 131053),
        (DEEP_PNG, "image/png", 131053),
        (PALETTE_PNG, "image/png", 131053),
        (BROKEN_PNG, "image/png", 131053),
        (BROKEN_JPEG, "image/jpeg", 131053),
        (jpeg(bits=8, colours=4), "image/jpeg", 131053),
        (jpeg(bits=12, colours=3), "image/jpeg", 131053),
        (jpeg(bits=8, colours=1), "image/jpeg", 131053),
        (film(video="hvc1"), "video/mp4", 131053),
        (film(sound=("Opus",)), "video/mp4", 131053),
        (film(sound=("mp4a", "mp4a")), "video/mp4", 131053),
        (film(profile=100, later=True), "video/mp4", 131053),
        (film(last=True), "video/mp4", 131053),
        (b"\0\0\0\x18ftypmp42" + b"x" * 100, "video/mp4", 131053),
        (film()[:24] + b"\0\0\xff\xffmoov" * 5000, "video/mp4", 131053),
        (JPEG, "image/gif", 131053),
        (JPEG, "application/zip", 131053),
        (VOICE, "audio/ogg", 131053),
        (STEREO, OPUS, 131053),
        (b"OggS" + b"vorbis" * 20, OPUS, 131053),
        (b"MZ\0\0", "text/plain", 131053),
        (b"", "text/plain", 131053),
        (JPEG.ljust(5 * MEGABYTE + 1), "image/jpeg", 131053),
        (MP4.ljust(16 * MEGABYTE + 1), "video/mp4", 131053),
        (WEBP.ljust(100 * 1024 + 1), "image/webp", 131053),
        (ANIMATED.ljust(500 * 1024 + 1), "image/webp", 131053),
    ],
)
def test_a_file_that_may_not_be_sent_is_not_taken(
    graph: Graph, number: SimulatedNumber, content: bytes, mime_type: str, code: int
) -> None:
    assert upload(graph, number, content, mime_type).code == code
    assert not SimulatedMedia.objects.exists()


def test_an_upload_without_product_or_file_is_refused(graph: Graph, number: SimulatedNumber) -> None:
    path = f"{number.phone_number_id}/media"
    assert upload(graph, number, JPEG, "image/jpeg", messaging_product="fax").code == 100
    assert graph.post(path, data={"messaging_product": "whatsapp"}).code == 100
    assert graph.post(path, {"messaging_product": "whatsapp", "file": "a"}).code == 100
    odd = {"Content-Type": "multipart/form-data; boundary="}
    url = f"{graph.base}/simulator/graph/v25.0/{path}"
    answer = requests.post(url, data=b"x", headers=odd | {"Authorization": f"Bearer {graph.token}"}, timeout=30)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


class TestLinks:
    @pytest.fixture
    def url(self, graph: Graph, number: SimulatedNumber) -> str:
        media_id = upload(graph, number, JPEG, "image/jpeg").body["id"]
        return str(graph.get(media_id).body["url"])

    def test_a_link_lives_five_minutes(self, graph: Graph, url: str) -> None:
        now = clock.now().timestamp()
        with time_machine.travel(now + 4.9 * MINUTES):
            assert fetch(graph, url).status_code == 200
        with time_machine.travel(now + 5.1 * MINUTES):
            assert fetch(graph, url).status_code == 404

    def test_it_wants_a_token_and_to_know_who_asks(self, graph: Graph, url: str) -> None:
        assert fetch(graph, url, Authorization=None).status_code == 401
        assert fetch(graph, url, Authorization="Bearer not-ours").status_code == 401
        assert fetch(graph, url, **{"User-Agent": ""}).status_code == 404

    def test_a_link_that_was_changed_leads_nowhere(self, graph: Graph, url: str) -> None:
        for changed in (url.replace("ext=", "ext=9"), url + "0", url.replace("mid=", "mid=1"), url.split("?")[0]):
            assert fetch(graph, changed).status_code == 404

    def test_another_teams_token_opens_nothing(self, graph: Graph, url: str, other_team: Team) -> None:
        make_provider(other_team, waba_id="sim-2", kind="simulated")
        assert fetch(graph, url, Authorization="Bearer token-of-bakery").status_code == 400


def test_an_id_lives_30_days_and_belongs_to_one_number(graph: Graph, number: SimulatedNumber) -> None:
    media_id = upload(graph, number, JPEG, "image/jpeg").body["id"]
    other = number.account.numbers.latest("id")
    refused = graph.get(media_id, phone_number_id=other.phone_number_id)
    assert (refused.code, refused.subcode) == (100, 33)
    with time_machine.travel((clock.now() + timedelta(days=31)).timestamp()):
        assert graph.get(media_id).subcode == 33
        upload(graph, number, JPEG, "image/jpeg")
    assert not SimulatedMedia.objects.filter(media_id=media_id).exists()


def test_a_deleted_file_is_gone(graph: Graph, number: SimulatedNumber) -> None:
    media_id = upload(graph, number, JPEG, "image/jpeg").body["id"]
    file = SimulatedMedia.objects.get().file
    assert graph.delete(media_id).body == {"success": True}
    assert graph.get(media_id).subcode == 33
    assert not file.storage.exists(str(file.name))


def test_a_link_is_made_before_anybody_asks(graph: Graph, number: SimulatedNumber) -> None:
    upload(graph, number, JPEG, "image/jpeg")
    assert fetch(graph, media.link(SimulatedMedia.objects.get()) + "&source=webhook").content == JPEG


@pytest.mark.parametrize(
    ("content", "mime_type", "sent", "code"),
    [
        (JPEG, "image/jpeg", {"type": "image", "image": {}}, 0),
        (VOICE, OPUS, {"type": "audio", "audio": {"voice": True}}, 0),
        (JPEG, "image/jpeg", {"type": "sticker", "sticker": {}}, 131053),
        (WEBP, "image/webp", {"type": "image", "image": {}}, 131053),
        (MP4, "audio/mp4", {"type": "audio", "audio": {"voice": True}}, 131053),
    ],
)
def test_a_file_is_sent_as_what_it_is(
    graph: Graph, open_chat: SimulatedChat, content: bytes, mime_type: str, sent: dict[str, Any], code: int
) -> None:
    media_id = upload(graph, open_chat.number, content, mime_type).body["id"]
    kind = sent["type"]
    body = {"messaging_product": "whatsapp", "to": open_chat.person.digits, **sent, kind: sent[kind] | {"id": media_id}}
    assert graph.post(f"{open_chat.number.phone_number_id}/messages", body).code == code
    other = open_chat.number.account.numbers.latest("id")
    assert graph.post(f"{other.phone_number_id}/messages", body).code == 100


@pytest.mark.parametrize(
    ("told", "code"), [("image/png", 0), ("application/octet-stream", 0), ("IMAGE/PNG; a=b", 0), ("image/jpeg", 131053)]
)
def test_the_part_with_the_file_says_the_same_type(graph: Graph, number: SimulatedNumber, told: str, code: int) -> None:
    data = {"messaging_product": "whatsapp", "type": "image/png"}
    path = f"{number.phone_number_id}/media"
    assert graph.post(path, data=data, files={"file": ("a file", PNG, told)}).code == code
