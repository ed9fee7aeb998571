"""The bot that is Python: handlers, asked in turn, and tried without WhatsApp."""

from collections.abc import Iterator

import pytest

from channels_app.bots.contract import CannotAnswer
from channels_app.bots.engines.python import PythonEngine, is_allowed
from channels_app.bots.means import Means
from channels_app.bots.trying import Chat
from channels_app.outside import Outside
from tests.bots import handlers

HERE = "tests.bots.handlers"


@pytest.fixture
def outside() -> Iterator[Outside]:
    outside = Outside()
    yield outside
    outside.close()


def engine(outside: Outside, *names: str, allowed: str = f"{HERE}.*") -> PythonEngine:
    means = Means(outside=outside, handlers=(allowed,))
    return PythonEngine(means=means, handlers=[f"{HERE}.{name}" for name in names], max_history=10)


class TestTrying:
    """What a handler's author does, without settings, database or network."""

    def test_a_handler_and_a_tap_on_what_it_offers(self) -> None:
        chat = Chat(handlers.greeting, handlers.booking)
        (reply,) = chat.say("Hello there")
        assert reply.text == "Good day, Thandi! What can I do for you?"
        chat.tap("Book a visit")
        assert chat.answer.handover == "wants a visit"

    def test_a_tap_on_what_was_not_offered_says_what_was(self) -> None:
        chat = Chat(handlers.greeting)
        chat.say("Hello")
        with pytest.raises(LookupError, match="Opening hours"):
            chat.tap("Pay")

    def test_history_is_what_was_said(self) -> None:
        chat = Chat(handlers.parrot)
        chat.say("One")
        assert [reply.text for reply in chat.say("Two", "Three")] == ["Two", "Three", "3 before"]


class TestAsking:
    def test_goes_from_one_to_the_next_until_one_replies(self, outside: Outside) -> None:
        chat = Chat(engine(outside, "greeting", "Counting", "parrot"))
        assert chat.say("Hello")[0].text.startswith("Good day")
        assert [reply.text for reply in chat.say("What?", "Now?")] == ["2 messages"]

    def test_nobody_replies(self, outside: Outside) -> None:
        assert Chat(engine(outside, "greeting", "booking")).say("What?") == ()

    def test_a_reply_of_nothing_is_a_reply(self, outside: Outside) -> None:
        assert Chat(engine(outside, "silent", "parrot")).say("What?") == ()

    def test_what_is_no_reply_is_the_handler_s_bug(self, outside: Outside) -> None:
        with pytest.raises(TypeError, match="int"):
            Chat(engine(outside, "confused")).say("What?")

    def test_what_is_not_allowed_any_more_is_not_asked(self, outside: Outside) -> None:
        with pytest.raises(CannotAnswer) as caught:
            Chat(engine(outside, "parrot", allowed="clinic.*")).say("What?")
        assert caught.value.is_final
        assert "BOT_HANDLERS" in caught.value.problem.detail


@pytest.mark.parametrize(
    ("path", "allowed", "fits"),
    [
        ("clinic.bots.hello", "clinic.bots.hello", True),
        ("clinic.bots.hello", "clinic.bots.*", True),
        ("clinic.bots.hello", "clinic.*", True),
        ("clinic.bots.hello", "clinic.bots", False),
        ("clinical.bots.hello", "clinic.*", False),
        ("clinic.bots.hello", "*", False),
        ("os.system", "clinic.*", False),
        ("clinic._bots.hello", "clinic.*", False),
        ("clinic.bots.__import__", "clinic.*", False),
        ("clinic..bots", "clinic.*", False),
        ("hello", "hello", False),
        ("clinic.bots.hello()", "clinic.*", False),
    ],
)
def test_the_operator_says_what_may_be_asked(path: str, allowed: str, fits: bool) -> None:
    assert is_allowed(path, ("other.things.*", allowed)) == fits
