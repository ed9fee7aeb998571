"""Whatever a bot says, Meta takes it, and the person reads all of it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from channels_app.bots.contract import Answer, Reply
from channels_app.models import Direction, Message
from channels_app.outbound.cutting import is_blank
from channels_app.simulator.rehearsal.bubbles import Bubble
from channels_app.simulator.rehearsal.meta import Meta
from tests.any_reply import MARKDOWN, REPLIES

pytestmark = pytest.mark.django_db

FEW = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def read(body: dict[str, Any]) -> Iterator[str]:
    """What of a message is there to be read."""
    content = body[body["type"]]
    if body["type"] == "template":
        content = [parameter["text"] for part in content["components"] for parameter in part["parameters"]]
    yield from strings(content)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


class Exchange:
    """Somebody new asks each time, and hears one reply."""

    def __init__(self, meta: Meta) -> None:
        self.meta = meta
        self.reply = Reply()
        self.count = 0
        meta.answer_with(lambda turn: Answer(replies=(self.reply,)))

    def of(self, reply: Reply, *, hours_ago: float = 0) -> list[Bubble]:
        """What is heard of `reply`; every call of Graph was taken."""
        self.reply, before = reply, len(self.meta.sent)
        self.count += 1
        person = self.meta.person(f"Person {self.count}")
        person.writes("Go on", hours_ago=hours_ago)
        self.meta.settle()
        refused = [(each.body, each.answer) for each in self.meta.sent[before:] if each.status != 200]
        assert not refused
        ours = Message.objects.filter(conversation__participant__name=person.name, direction=Direction.OUTBOUND)
        states = set(ours.values_list("type", "status"))
        assert {status for type_, status in states if type_ != "reaction"} <= {"read", "failed"}
        assert {type_ for type_, status in states if status == "failed"} <= {"reaction"}
        return person.heard

    def letters(self) -> str:
        """All that was sent for it to be read, whatever it stood in."""
        last = Message.objects.filter(direction=Direction.OUTBOUND).latest("id").conversation_id
        callbacks = {message.pk.hex for message in Message.objects.filter(conversation=last)}
        bodies = [each.body for each in self.meta.sent]
        ours = [body for body in bodies if str(body.get("biz_opaque_callback_data")).partition(".")[0] in callbacks]
        return letters("".join(text for body in ours for text in read(body)))


@pytest.fixture(autouse=True)
def _nothing_on_the_web() -> Iterator[None]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.get(re.compile("https?://"), status=404)
        yield


@pytest.fixture
def exchange(meta: Meta) -> Exchange:
    return Exchange(meta)


def is_contained(wanted: str, heard: str) -> bool:
    rest = iter(heard)
    return all(letter in rest for letter in wanted)


class TestAnyReply:
    @FEW
    @given(text=MARKDOWN)
    @example(text="> " * 50 + "deep")
    @example(text="**" * 300 + "bold")
    @example(text="| a | b |\n|---|---|\n| " + "c" * 5000 + " | d |")
    def test_no_word_of_a_text_is_lost(self, exchange: Exchange, text: str) -> None:
        heard = exchange.of(Reply(text=text))
        assert {bubble.type for bubble in heard} == {"text"}
        assert letters("".join(bubble.text for bubble in heard)) == letters(text)

    @FEW
    @given(text=MARKDOWN)
    def test_nor_where_the_window_is_closed(self, exchange: Exchange, text: str) -> None:
        heard = exchange.of(Reply(text=text), hours_ago=25)
        assert {bubble.type for bubble in heard} == {"template"}
        assert letters("".join(bubble.parameters[0] for bubble in heard)) == letters(text)

    @FEW
    @given(text=st.text(max_size=9000))
    def test_a_text_that_is_no_markdown_goes_as_it_stands(self, exchange: Exchange, text: str) -> None:
        heard = exchange.of(Reply(text=text, markdown=False))
        wanted = "" if is_blank(text) else text.replace("\0", "")
        assert "".join("".join(bubble.text for bubble in heard).split()) == "".join(wanted.split())

    @FEW
    @given(reply=REPLIES)
    def test_everything_else_is_taken_in_some_form(self, exchange: Exchange, reply: Reply) -> None:
        exchange.of(reply)
        self.check(reply, exchange)

    @FEW
    @given(reply=REPLIES)
    def test_also_where_the_window_is_closed(self, exchange: Exchange, reply: Reply) -> None:
        heard = exchange.of(reply, hours_ago=25)
        assert {bubble.type for bubble in heard} <= {"template"}
        self.check(reply, exchange)

    def check(self, reply: Reply, exchange: Exchange) -> None:
        """All that the reply says is somewhere on the phone: its words in order, whatever else in its place."""
        whole = exchange.letters()
        assert is_contained(letters(reply.text), whole)
        contacts = [part for contact in reply.contacts for part in (contact.name, *contact.emails)]
        choices = [part for choice in reply.choices for part in (choice.title, choice.description)]
        links = [reply.link.url, reply.link.title] if reply.link else []
        files = [reply.attachment.url] if reply.attachment else []
        assert [part for part in (*contacts, *choices, *links, *files) if letters(part) not in whole] == []
