"""All that can come in: each recording as a bot is asked about it, in words and as structure, or left alone."""

from pathlib import Path
from typing import Any

import pytest

from channels_app.bots.contract import Answer, Reply, Said, Turn
from channels_app.models import Bot, Channel, Direction, Message
from tests.fixtures import FakeGraph, Post, Work, change, item, notification, text, theirs

RECORDINGS = Path(__file__).parent.parent / "data" / "meta"


class Listener:
    """A bot that remembers what it was asked, and answers with the words of it."""

    heard: list[Said] = []

    def reply(self, turn: Turn) -> Answer:
        self.heard += turn.messages
        return Answer(replies=tuple(Reply(text=said.text) for said in turn.messages))


@pytest.fixture(autouse=True)
def _listening(settings: Any, channel: Channel) -> None:
    settings.BOT_ENGINES = {"listener": f"{__name__}.Listener"}
    Listener.heard = []
    Bot.objects.update(engine="listener")


@pytest.fixture
def tell(post: Post, work: Work) -> Any:
    def tell_now(*messages: Any) -> list[Said]:
        for message in messages:
            post(message if isinstance(message, bytes) else notification(change(message)))
            work()
        return Listener.heard

    return tell_now


ASKED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "text": ("text", "Do you open on Sunday?", {"body": "Do you open on Sunday?"}),
    "text_username": ("text", "Hi", {}),
    "text_quoting": ("text", "This one please", {}),
    "text_forwarded": ("text", "Look at this", {"forwarded": True}),
    "text_often_forwarded": ("text", "Look at this", {"forwarded": True}),
    "text_about_product": (
        "text",
        "Is it in stock?",
        {"product": {"catalog_id": "221904418830377", "product_retailer_id": "SKU-18"}},
    ),
    "image": ("image", "A picture, with the words “My receipt”", {"media_id": "873310440512904"}),
    "voice": ("audio", "A voice note", {"type": "voice", "media_id": "873310440512905"}),
    "video": ("video", "A video, with the words “Look”", {"mime_type": "video/mp4"}),
    "document": ("document", "A document named “invoice 7.pdf”, with the words “Invoice”", {"caption": "Invoice"}),
    "sticker": ("sticker", "A sticker", {"animated": False}),
    "location": (
        "location",
        "A place: City Hall, Darling St, Cape Town, -33.9249, 18.4241",
        {"latitude": -33.9249, "longitude": 18.4241},
    ),
    "contacts": ("contacts", "A contact: Sipho Dube, +27 82 555 0100, sipho@example.org", {"requested": False}),
    "contacts_requested": ("contacts", "A contact: +27 83 123 4567", {"requested": True}),
    "button": ("button", "Stop updates", {"id": "STOP_UPDATES", "of_template": True}),
    "button_reply": ("interactive", "Yes", {"id": "yes", "title": "Yes"}),
    "list_reply": ("interactive", "Tuesday", {"id": "slot-2", "description": "09:00 to 11:00"}),
    "flow_answer": ("interactive", "A form, filled in: rating: 4", {"response": {"flow_token": "b7c1", "rating": "4"}}),
    "order": (
        "order",
        "An order of 2 of SKU-18 at 49.9 ZAR, with the words “Please deliver after 5”",
        {"catalog_id": "221904418830377"},
    ),
    "unsupported_poll": (
        "unsupported",
        "A message that WhatsApp could not hand over (poll)",
        {"kind": "poll", "code": 131051},
    ),
    "interactive_missing": ("interactive", "A message of a new kind (interactive)", {}),
}
NOT_ASKED = (
    *("reaction", "reaction_removed", "call_permission", "system_number_changed", "system_user_id_changed"),
    *("system_identity_changed", "unsupported_unavailable", "request_welcome", "edit", "revoke"),
)
FROM_AD = "text_from_ad"


@pytest.mark.parametrize("name", sorted(ASKED))
def test_the_bot_is_asked_in_words_and_as_structure(name: str, tell: Any, graph: FakeGraph) -> None:
    (said,) = tell((RECORDINGS / f"{name}.json").read_bytes())
    type_, words, content = ASKED[name]
    assert (said.type, said.text.partition("\n[The file")[0]) == (type_, words)
    assert {key: said.content.get(key) for key in content} == content
    assert theirs().status == "answered"


def test_an_advertisement_that_led_here_is_told(tell: Any, graph: FakeGraph) -> None:
    (said,) = tell((RECORDINGS / f"{FROM_AD}.json").read_bytes())
    assert (said.text, said.content["referral"]["headline"]) == ("I saw your ad", "Ask us anything")


@pytest.mark.parametrize("name", NOT_ASKED)
def test_what_asks_nothing_is_kept_and_shown(name: str, tell: Any, graph: FakeGraph) -> None:
    assert tell((RECORDINGS / f"{name}.json").read_bytes()) == []
    assert (theirs().status, graph.texts) == ("ignored", [])
    assert theirs().text


def test_every_recording_of_a_message_is_listed_here() -> None:
    prefixes = ("account", "batch", "capability", "echo", "failed", "handover", "history", "number", "pin", "quality")
    others = ("review", "standby", "state_sync", "status", "template", "user_preferences", "business", "security")
    named = {path.stem for path in RECORDINGS.glob("*.json")} - {*ASKED, *NOT_ASKED, FROM_AD}
    assert {name for name in named if not name.startswith((*prefixes, *others))} == set()


class TestQuoted:
    def test_the_text_of_what_is_quoted_comes_along(self, tell: Any, graph: FakeGraph) -> None:
        tell(text("Which one?", "wamid.a"))
        quoting = text("This one", "wamid.b") | {"context": {"id": "wamid.out.1"}}
        *_, said = tell(quoting)
        assert said.quoted
        assert (said.quoted.text, said.quoted.ours) == ("Which one?", True)
        *_, said = tell(text("And mine", "wamid.c") | {"context": {"id": "wamid.a"}})
        assert said.quoted
        assert (said.quoted.text, said.quoted.ours) == ("Which one?", False)

    def test_what_is_not_of_this_conversation_is_not_told(self, tell: Any, graph: FakeGraph) -> None:
        tell(text("A secret", "wamid.a", sender="27825550100"))
        *_, said = tell(text("This one", "wamid.b") | {"context": {"id": "wamid.a"}})
        assert said.quoted is None


class TestReactions:
    def react(self, emoji: str, wamid: str = "wamid.r") -> Any:
        return item("reaction", {"message_id": "wamid.out.1", "emoji": emoji}, wamid)

    def test_are_a_turn_where_the_bot_asks_for_them(self, tell: Any, graph: FakeGraph) -> None:
        Bot.objects.update(hears_reactions=True)
        tell(text("Hello", "wamid.a"))
        *_, said = tell(self.react("👍"))
        assert (said.type, said.text, said.content["emoji"]) == ("reaction", "The reaction 👍", "👍")
        assert said.quoted
        assert said.quoted.text == "Hello"

    def test_that_are_taken_back_never_are(self, tell: Any, graph: FakeGraph) -> None:
        Bot.objects.update(hears_reactions=True)
        assert tell(self.react("")) == []

    def test_say_what_they_are_about_where_the_bot_does_not(self, tell: Any, graph: FakeGraph) -> None:
        tell(text("Hello", "wamid.a"))
        tell(self.react("👍"))
        assert len(Listener.heard) == 1
        assert Message.objects.get(wamid="wamid.r").quoted == "wamid.out.1"


class TestEditedAndDeleted:
    def edit(self, new: Any, wamid: str = "wamid.e") -> Any:
        return item("edit", {"original_message_id": "wamid.a", "message": new}, wamid)

    def test_an_edit_changes_what_is_shown(self, tell: Any, graph: FakeGraph) -> None:
        tell(text("Sunday?", "wamid.a"), self.edit({"type": "text", "text": {"body": "Saturday?"}}))
        message = Message.objects.get(wamid="wamid.a")
        assert (message.text, message.content["edited"], message.status) == ("Saturday?", True, "answered")
        assert graph.texts == ["Sunday?"]

    def test_before_the_bot_was_asked_it_is_asked_the_new_words(self, post: Post, work: Work, graph: FakeGraph) -> None:
        post(
            notification(change(text("Sunday?", "wamid.a"), self.edit({"type": "text", "text": {"body": "Saturday?"}})))
        )
        work()
        assert graph.texts == ["Saturday?"]

    def test_an_edited_caption_is_that_of_its_file(self, tell: Any, graph: FakeGraph) -> None:
        tell(item("image", {"id": "1", "caption": "Mine"}, "wamid.a"))
        tell(self.edit({"type": "image", "image": {"caption": "Yours"}}))
        assert Message.objects.get(wamid="wamid.a").text == "A picture, with the words “Yours”"

    def test_a_deleted_message_is_marked(self, tell: Any, graph: FakeGraph) -> None:
        tell(text("Oops", "wamid.a"), item("revoke", {"original_message_id": "wamid.a"}, "wamid.d"))
        assert Message.objects.get(wamid="wamid.a").content["revoked"] is True

    def test_before_the_bot_was_asked_it_is_not_asked(self, post: Post, work: Work, graph: FakeGraph) -> None:
        deleted = item("revoke", {"original_message_id": "wamid.a"}, "wamid.d")
        post(notification(change(text("Oops", "wamid.a"), deleted, text("Hello", "wamid.b"))))
        work()
        assert graph.texts == ["Hello"]
        assert Message.objects.get(wamid="wamid.a").status == "ignored"

    def test_nobody_changes_what_another_wrote(self, tell: Any, graph: FakeGraph) -> None:
        tell(text("Mine", "wamid.a", sender="27825550100"))
        tell(self.edit({"type": "text", "text": {"body": "Yours"}}))
        assert Message.objects.get(wamid="wamid.a").text == "Mine"


class TestUnsupported:
    def unsupported(self, wamid: str, code: int = 131051) -> Any:
        return item("unsupported", {"type": "poll"}, wamid) | {"errors": [{"code": code, "title": "No"}]}

    def test_several_in_a_row_are_answered_once(self, tell: Any, graph: FakeGraph) -> None:
        tell(*(self.unsupported(f"wamid.{number}") for number in range(3)))
        assert len(graph.texts) == 1
        states = Message.objects.filter(direction=Direction.INBOUND).order_by("id").values_list("status", flat=True)
        assert list(states) == ["answered", "ignored", "ignored"]

    def test_after_something_else_they_are_answered_again(self, tell: Any, graph: FakeGraph) -> None:
        tell(self.unsupported("wamid.1"), text("Sorry", "wamid.2"), self.unsupported("wamid.3"))
        assert len(graph.texts) == 3

    def test_one_that_is_not_available_is_left_alone_until_it_is(self, tell: Any, graph: FakeGraph) -> None:
        assert tell(self.unsupported("wamid.1", 131060)) == []
        (said,) = tell(text("Here I am", "wamid.1"))
        assert said.text == "Here I am"
        assert graph.texts == ["Here I am"]
