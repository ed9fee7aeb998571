"""Every kind of message that the phone sends: as Meta writes it, and as it arrives in the product."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from channels_app import clock
from channels_app.models import Channel, Direction, Message
from channels_app.simulator.models import (
    Author,
    SimulatedBlock,
    SimulatedChat,
    SimulatedMessage,
    SimulatedPerson,
    SimulatedTemplate,
)
from channels_app.simulator.phone import acting, answering, filing, opus, sharing
from channels_app.simulator.phone.telling import NotSent
from channels_app.simulator.postman import postman
from tests.fixtures import eventually
from tests.simulator.attachments import MP4, PDF, WEBP, png, webm
from tests.simulator.test_phone import HTMX, page_of

pytestmark = pytest.mark.django_db(transaction=True)

RECORDINGS = Path(__file__).parents[1] / "data/meta"
BUTTONS = {
    "type": "button",
    "header": {"type": "text", "text": "Booking"},
    "body": {"text": "Shall I book it?"},
    "footer": {"text": "Cape Clinic"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": "yes", "title": "Yes"}},
            {"type": "reply", "reply": {"id": "no", "title": "No"}},
        ]
    },
}
ROWS = [{"id": "slot-1", "title": "Monday"}, {"id": "slot-2", "title": "Tuesday", "description": "09:00 to 11:00"}]
LIST = {
    "type": "list",
    "body": {"text": "Which day?"},
    "action": {"button": "Choose a day", "sections": [{"title": "This week", "rows": ROWS}]},
}
PLACE_REQUEST = {"type": "location_request_message", "body": {"text": "Where?"}, "action": {"name": "send_location"}}
NUMBER_REQUEST = {"type": "contact_request", "body": {"text": "Number?"}, "action": {"name": "request_contact_info"}}
QUICK_REPLIES = [
    {"type": "QUICK_REPLY", "text": "Stop updates"},
    {"type": "URL", "text": "Open", "url": "https://x.org/{{1}}"},
]
ASKED = {
    "name": "order_update",
    "language": {"code": "en"},
    "components": [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "STOP"}],
        },
        {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "18"}]},
    ],
}


def number_says(chat: SimulatedChat, kind: str, content: Any, **more: Any) -> SimulatedMessage:
    """A message of the number's that our Graph has taken."""
    return SimulatedMessage.objects.create(
        chat=chat,
        number=chat.number,
        author=Author.NUMBER,
        wamid=f"wamid.{uuid4().hex}",
        type=kind,
        content=content,
        delivered_at=clock.now(),
        read_at=clock.now(),
        **more,
    )


def template_says(chat: SimulatedChat) -> SimulatedMessage:
    SimulatedTemplate.objects.create(
        account=chat.number.account,
        template_id="sim-7",
        name="order_update",
        language="en",
        components=[{"type": "BODY", "text": "On its way."}, {"type": "BUTTONS", "buttons": QUICK_REPLIES}],
    )
    return number_says(chat, "template", ASKED, template="order_update", text="On its way.")


def file(name: str, content: bytes, told: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, told)


@pytest.fixture
def told(httpserver: HTTPServer, settings: Any) -> Iterator[Callable[[], Any]]:
    """What the webhook was told last, once it has been."""
    bodies: list[bytes] = []

    def take(request: Request) -> Response:
        bodies.append(request.get_data())
        return Response()

    def last() -> Any:
        assert postman.rest(60)
        return json.loads(bodies[-1])["entry"][0]["changes"][0]["value"]

    httpserver.expect_request("/webhook/").respond_with_handler(take)
    settings.SIMULATOR_WEBHOOK_URL = httpserver.url_for("/webhook/")
    yield last
    assert postman.rest(60)


def shape(value: Any) -> Any:
    """The keys and the types of it, at every level."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def recorded(name: str, *without: str) -> Any:
    """A recording of Meta's, but for what is optional in it."""
    value = json.loads((RECORDINGS / f"{name}.json").read_text())["entry"][0]["changes"][0]["value"]
    (item,) = value["messages"]
    for path in without:
        *way, last = path.split(".")
        inner = item[item["type"]]
        for step in way:
            inner = inner[int(step) if step.isdigit() else step]
        del inner[last]
    return value


def send(chat: SimulatedChat, name: str, content: bytes, wish: filing.Wish, caption: str = "") -> None:
    filing.send(chat, file(name, content), wish, caption=caption)


Act = Callable[[SimulatedChat], None]
ACTS: dict[str, tuple[Act, tuple[str, ...]]] = {
    "text": (lambda chat: acting.write(chat, "Do you open on Sunday?"), ()),
    "text_quoting": (lambda chat: acting.write(chat, "This one please", number_says(chat, "text", {"body": "Hi"})), ()),
    "image": (lambda chat: send(chat, "a.png", png(), "photo", "My receipt"), ()),
    "video": (lambda chat: send(chat, "a.mp4", MP4, "photo", "Look"), ()),
    "voice": (lambda chat: send(chat, "note", webm(), "voice"), ()),
    "document": (lambda chat: send(chat, "invoice 7.pdf", PDF, "document", "Invoice"), ()),
    "sticker": (lambda chat: send(chat, "a.webp", WEBP, "sticker"), ()),
    "location": (
        lambda chat: sharing.place(chat, -33.9249, 18.4241, name="City Hall", address="Darling St, Cape Town"),
        ("url",),
    ),
    "contacts": (lambda chat: sharing.card(chat, "Sipho Dube", "27825550100"), ("0.emails",)),
    "contacts_requested": (
        lambda chat: answering.share_number(chat, number_says(chat, "interactive", NUMBER_REQUEST)),
        (),
    ),
    "reaction": (lambda chat: answering.react(chat, number_says(chat, "text", {"body": "Hi"}), "👍"), ()),
    "button": (lambda chat: answering.tap(chat, template_says(chat), "STOP"), ()),
    "button_reply": (lambda chat: answering.tap(chat, number_says(chat, "interactive", BUTTONS), "yes"), ()),
    "list_reply": (lambda chat: answering.tap(chat, number_says(chat, "interactive", LIST), "slot-2"), ()),
}


@pytest.mark.parametrize("name", ACTS)
def test_each_kind_is_told_as_meta_tells_it(name: str, chat: SimulatedChat, told: Callable[[], Any]) -> None:
    act, without = ACTS[name]
    act(chat)
    assert shape(told()) == shape(recorded(name, *without))


class TestWhatIsTold:
    def test_a_tap_names_the_message_and_the_button(self, chat: SimulatedChat, told: Callable[[], Any]) -> None:
        asked = number_says(chat, "interactive", LIST)
        answering.tap(chat, asked, "slot-1")
        (item,) = told()["messages"]
        assert item["interactive"] == {"type": "list_reply", "list_reply": {"id": "slot-1", "title": "Monday"}}
        assert item["context"] == {"from": chat.number.digits, "id": asked.wamid}

    def test_content_with_the_key_of_its_type_is_read_as_well(
        self, chat: SimulatedChat, told: Callable[[], Any]
    ) -> None:
        answering.tap(chat, number_says(chat, "interactive", {"interactive": BUTTONS}), "no")
        assert told()["messages"][0]["interactive"]["button_reply"] == {"id": "no", "title": "No"}

    def test_a_template_button_answers_with_its_payload(self, chat: SimulatedChat, told: Callable[[], Any]) -> None:
        answering.tap(chat, template_says(chat), "STOP")
        assert told()["messages"][0]["button"] == {"payload": "STOP", "text": "Stop updates"}

    def test_the_same_reaction_again_takes_it_back(self, chat: SimulatedChat, told: Callable[[], Any]) -> None:
        message = number_says(chat, "text", {"body": "Hi"})
        for emoji in ("👍", "❤️", "❤️"):
            answering.react(chat, message, emoji)
        assert told()["messages"][0]["reaction"] == {"message_id": message.wamid, "emoji": ""}

    def test_who_hides_their_number_quotes_themselves_without_it(
        self, chat: SimulatedChat, thandi: SimulatedPerson, told: Callable[[], Any]
    ) -> None:
        chat.person.hidden_number = True
        chat.person.save()
        acting.write(chat, "One")
        own = SimulatedMessage.objects.select_related("chat__person").get()
        acting.write(chat, "Two", own)
        (item,) = told()["messages"]
        assert item["context"] == {"id": own.wamid}
        assert chat.person.digits not in json.dumps(told())

    def test_mp3_that_was_recorded_elsewhere_is_no_voice_note(
        self, chat: SimulatedChat, told: Callable[[], Any]
    ) -> None:
        send(chat, "song.mp3", b"ID3\x04\0\0", "voice")
        audio = told()["messages"][0]["audio"]
        assert (audio["mime_type"], audio["voice"]) == ("audio/mpeg", False)

    def test_whom_the_number_has_blocked_is_not_heard(self, chat: SimulatedChat, told: Callable[[], Any]) -> None:
        SimulatedBlock.objects.create(number=chat.number, person=chat.person)
        acting.write(chat, "Hello?")
        chat.refresh_from_db()
        assert chat.wrote_at is None
        assert SimulatedMessage.objects.get().delivered_at is None

    @pytest.mark.parametrize(
        ("kind", "content", "chosen"),
        [
            ("interactive", BUTTONS, "maybe"),
            ("interactive", BUTTONS, ""),
            ("text", {"body": "Hi"}, "yes"),
            ("odd", [], ""),
        ],
    )
    def test_what_is_not_there_cannot_be_tapped(
        self, chat: SimulatedChat, kind: str, content: Any, chosen: str
    ) -> None:
        with pytest.raises(NotSent):
            answering.tap(chat, number_says(chat, kind, content), chosen)


class TestOnTheWholeWay:
    @pytest.mark.parametrize(
        ("action", "typed", "arrives", "text"),
        [
            (
                "file/",
                {"file": ("a.png", png()), "wish": "photo", "caption": "Me"},
                "image",
                "A picture, with the words “Me”",
            ),
            ("file/", {"file": ("note", webm()), "wish": "voice"}, "audio", "A voice note"),
            ("file/", {"file": ("note.ogg", opus.as_ogg(webm())), "wish": "voice"}, "audio", "A voice note"),
            ("file/", {"file": ("a.webp", WEBP), "wish": "sticker"}, "sticker", "A sticker"),
            ("file/", {"file": ("list.csv", b"a,b")}, "document", "A document named “list.csv”"),
            ("place/", {"latitude": "-33.9", "longitude": "18.4"}, "location", "A place: -33.9, 18.4"),
            (
                "card/",
                {"name": "Sipho", "phone_number": "+27825550100"},
                "contacts",
                "A contact: Sipho, +27 82 555 0100",
            ),
        ],
    )
    def test_it_arrives(
        self,
        browser: Client,
        chat: SimulatedChat,
        channel: Channel,
        work: Callable[[], object],
        action: str,
        typed: dict[str, Any],
        arrives: str,
        text: str,
    ) -> None:
        posted = {name: file(*value) if isinstance(value, tuple) else value for name, value in typed.items()}
        answer = browser.post(page_of(chat, action), posted, headers=HTMX)
        assert 'data-author="person"' in answer.content.decode()
        assert eventually(lambda: work() or Message.objects.filter(type=arrives).exists(), within=60)
        assert Message.objects.get(direction=Direction.INBOUND).text == text

    def test_a_tapped_button_arrives_as_a_choice(
        self, browser: Client, chat: SimulatedChat, channel: Channel, work: Callable[[], object]
    ) -> None:
        asked = number_says(chat, "interactive", BUTTONS)
        browser.post(page_of(chat, "tap/"), {"message": asked.pk, "choice": "yes"})
        assert eventually(lambda: work() or Message.objects.filter(type="interactive").exists(), within=60)
        arrived = Message.objects.get(direction=Direction.INBOUND)
        assert (arrived.text, arrived.content["id"], arrived.quoted) == ("Yes", "yes", asked.wamid)
