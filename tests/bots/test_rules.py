"""The bot that follows rules: patterns, menus, a fallback and hours of business."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from channels_app.bots.contract import Choice, Reply
from channels_app.bots.engines import rules as engines
from channels_app.bots.engines.rules import RulesEngine
from channels_app.bots.means import Means
from channels_app.bots.rules import hours, patterns, reading
from channels_app.bots.trying import Chat
from channels_app.outside import Outside

MENU = {
    "when": ["hello", "hi*", "menu"],
    "reply": {"text": "What can we do for you?", "choices": [{"id": "book", "title": "Book a visit"}, "Opening hours"]},
}
BOOK = {"when": "book", "reply": ["Which day?", {"text": "We write back.", "quote": True}], "handover": "wants a visit"}
HOURS = {"when": "opening hours", "reply": "From eight to five.", "always": True}


@pytest.fixture
def outside() -> Iterator[Outside]:
    outside = Outside()
    yield outside
    outside.close()


@pytest.fixture
def make(outside: Outside) -> Any:
    def make(*rules: Any, **config: Any) -> Chat:
        told = {setting.name: setting.default for setting in RulesEngine.settings}
        return Chat(RulesEngine(means=Means(outside=outside), **{**told, "rules": list(rules), **config}))

    return make


def texts(replies: Any) -> list[str]:
    return [reply.text for reply in replies]


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "text", "fits"),
        [
            ("hello", "Hello", True),
            ("hello", "  Héllo!! ", True),
            ("hello", "hello you", False),
            ("HELLO*", "hello you", True),
            ("*price*", "What's the PRICE?", True),
            ("*", "anything", True),
            ("good  morning", "Good morning.", True),
            ("what time?", "What time", True),
            ("1", "1", True),
            ("1", "10", False),
            ("straße", "STRASSE", True),
            ("שלום", "שלום!", True),
            ("👍", "👍", True),
            ("a.c", "abc", False),
            (r"/order\s*(\d+)/", "my ORDER 12 please", True),
            ("/^ok$/", "not ok", False),
            ("/", "/", True),
        ],
    )
    def test_fit_as_people_write(self, pattern: str, text: str, fits: bool) -> None:
        assert patterns.complaint(pattern) == ""
        assert patterns.matches(pattern, text) == fits

    @pytest.mark.parametrize("pattern", ["", "  ", "/(/", "/[/", "x" * 501])
    def test_that_are_none_are_complained_of_and_wait_for_nothing(self, pattern: str) -> None:
        assert patterns.complaint(pattern)
        assert not patterns.matches("/(/", "(")

    def test_that_would_look_for_ever_find_nothing(self, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        evil = {"when": [r"/(\w+\s?)+$(?<=!)x/"] * 30, "reply": "found"}
        monkeypatch.setattr(patterns, "SECONDS", 0.02)
        monkeypatch.setattr(engines, "LONGEST_LOOK", 0.05)
        chat = make(*[evil] * 400, fallback="nothing")
        assert texts(chat.say("a" * 200 + "!")) == ["nothing"]


class TestRules:
    def test_the_first_that_fits_answers(self, make: Any) -> None:
        chat = make(MENU, {"when": "hi there", "reply": "never said"}, fallback="Pardon?")
        (reply,) = chat.say("Hi there")
        assert reply.choices == (
            Choice(id="book", title="Book a visit"),
            Choice(id="Opening hours", title="Opening hours"),
        )

    def test_a_menu_is_walked_by_taps(self, make: Any) -> None:
        chat = make(MENU, BOOK, HOURS)
        chat.say("menu")
        assert chat.tap("Book a visit") == (Reply(text="Which day?"), Reply(text="We write back.", quote=True))
        assert chat.answer.handover == "wants a visit"
        chat.say("menu")
        assert texts(chat.tap("Opening hours")) == ["From eight to five."]

    def test_a_menu_is_walked_by_typing(self, make: Any) -> None:
        assert texts(make(MENU, BOOK, HOURS).say("opening hours?")) == ["From eight to five."]

    def test_several_messages_of_one_turn_each_have_their_answer_once(self, make: Any) -> None:
        chat = make(MENU, HOURS, fallback="Pardon?")
        assert texts(chat.say("Hello", "opening hours", "hm", "hello")) == [
            "What can we do for you?",
            "From eight to five.",
        ]

    def test_without_one_that_fits_the_fallback_is_said_once(self, make: Any) -> None:
        assert texts(make(MENU, fallback="Pardon?").say("what", "ever")) == ["Pardon?"]
        assert make(MENU).say("what") == ()


class TestHours:
    WEEK = {"mon-fri": "08:00-17:00", "sat": ["09:00-12:00", "22:00-02:00"]}

    def chat(self, make: Any, **more: Any) -> Chat:
        return make(MENU, HOURS, hours=self.WEEK, closed="We are closed.", fallback="Pardon?", **more)  # type: ignore[no-any-return]

    @pytest.mark.parametrize(
        ("moment", "said"),
        [
            ("2026-05-01T08:00+02:00", "What can we do for you?"),
            ("2026-05-01T07:59+02:00", "We are closed."),
            ("2026-05-01T16:59+02:00", "What can we do for you?"),
            ("2026-05-01T17:00+02:00", "We are closed."),
            ("2026-05-02T11:00+02:00", "What can we do for you?"),
            ("2026-05-02T13:00+02:00", "We are closed."),
            ("2026-05-03T01:30+02:00", "What can we do for you?"),
            ("2026-05-03T02:00+02:00", "We are closed."),
            ("2026-05-03T10:00+02:00", "We are closed."),
        ],
    )
    def test_are_those_of_the_place(self, make: Any, moment: str, said: str) -> None:
        with time_machine.travel(moment, tick=False):
            assert texts(self.chat(make, timezone="Africa/Johannesburg").say("Hello")) == [said]

    def test_some_rules_hold_always(self, make: Any) -> None:
        with time_machine.travel("2026-05-03T10:00Z", tick=False):
            assert texts(self.chat(make).say("opening hours")) == ["From eight to five."]

    def test_holidays_are_none(self, make: Any) -> None:
        with time_machine.travel("2026-05-01T10:00Z", tick=False):
            assert texts(self.chat(make, holidays=["2026-05-01"]).say("what")) == ["We are closed."]
            assert texts(make(MENU, holidays=["2026-05-01"], closed="Holiday").say("what")) == ["Holiday"]
        with time_machine.travel("2026-05-04T10:00Z", tick=False):
            assert texts(self.chat(make, holidays=["2026-05-01"]).say("what")) == ["Pardon?"]

    @pytest.mark.parametrize(
        ("value", "complaints"),
        [
            ([], 1),
            ({"mom": "08:00-09:00"}, 1),
            ({"mon": "8-9", "tue": 5, "wed": "25:00-26:00", "thu": "24:00-24:30"}, 4),
            ({"mon-foo": ["08:00-09:00"]}, 1),
        ],
    )
    def test_that_are_none_are_complained_of_each(self, value: Any, complaints: int) -> None:
        with pytest.raises(ValueError, match=r"\S") as caught:
            hours.read(value)
        assert len(caught.value.args) == complaints

    def test_a_run_of_days_may_go_over_the_week_s_end(self) -> None:
        assert hours.read({"sat-mon": "00:00-24:00"}).keys() == {5, 6, 0}

    def test_dates_are_complained_of(self) -> None:
        for value in ("2026-05-01", ["1 May"], [5]):
            with pytest.raises(ValueError, match=r"\S"):
                hours.read_dates(value)


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        (5, "object"),
        ({}, "`when`"),
        ({"when": "a"}, "`reply`"),
        ({"when": [], "reply": "b"}, "`when`"),
        ({"when": ["a", 5], "reply": "b"}, "`when`"),
        ({"when": "/(/", "reply": "b"}, "regular expression"),
        ({"when": "a", "reply": {"txt": "b"}}, "txt"),
        ({"when": "a", "reply": {"text": "b", "choices": [{}]}}, "title"),
        ({"when": "a", "reply": 5}, "object"),
        ({"when": "a", "reply": "b", "wen": "c"}, "“wen”"),
        ({"when": "a", "handover": 5}, "`handover`"),
        ({"when": "a", "reply": "b", "always": "yes"}, "`always`"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_with_its_number(rule: Any, word: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as caught:
        reading.read([MENU, rule])
    assert all(complaint.startswith("Rule 2: ") for complaint in caught.value.args)
    assert any(word in complaint for complaint in caught.value.args)
