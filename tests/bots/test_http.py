"""The bot that is a service of the team's own: what it is posted, and what becomes of its answers."""

import hmac
import json
from datetime import datetime
from hashlib import sha256
from threading import Event
from typing import Any

import pytest

from channels_app.bots.contract import CannotAnswer, Choice, File, Reply
from channels_app.bots.engines.http import TRIES, HttpEngine
from channels_app.bots.means import Means
from channels_app.bots.trying import Chat
from channels_app.outside import Outside
from tests.far_end import FarEnd

SECRET = "a secret of both"


def engine(far_end: FarEnd, outside: Outside, secret: str = SECRET, timeout: float = 5) -> HttpEngine:
    return HttpEngine(means=Means(outside=outside, secret=secret), url=f"{far_end.url}/turns?a=1", timeout=timeout)


def problem(chat: Chat, text: str = "Hi") -> CannotAnswer:
    with pytest.raises(CannotAnswer) as caught:
        chat.say(text)
    return caught.value


class TestAsking:
    def test_posts_the_turn_as_json(self, far_end: FarEnd, outside: Outside) -> None:
        Chat(engine(far_end, outside), name="Thandi 🌍", language="pt").say("Hello", "Are you open?")
        (asked,) = far_end.asked
        turn = asked.json
        assert asked.path == "/turns?a=1"
        assert asked.headers["Content-Type"] == "application/json"
        known = ("conversation", "participant", "channel", "name", "language")
        expected = ("conversation-1", "15550100", "channel-1", "Thandi 🌍", "pt")
        assert tuple(turn[name] for name in known) == expected
        assert [said["text"] for said in turn["messages"]] == ["Hello", "Are you open?"]
        assert datetime.fromisoformat(turn["window_expires_at"]).tzinfo is not None
        said = turn["messages"][0]
        assert said.keys() == {"id", "type", "text", "sent_at", "attachments", "choice", "quoted", "content"}
        assert (said["type"], said["choice"], said["attachments"]) == ("text", None, [])

    def test_signs_the_bytes_as_meta_signs_webhooks(self, far_end: FarEnd, outside: Outside) -> None:
        Chat(engine(far_end, outside)).say("ünï")
        (asked,) = far_end.asked
        expected = hmac.new(SECRET.encode(), asked.body, sha256).hexdigest()
        assert asked.headers["X-Hub-Signature-256"] == f"sha256={expected}"
        assert SECRET.encode() not in asked.body

    def test_signs_nothing_without_a_secret(self, far_end: FarEnd, outside: Outside) -> None:
        Chat(engine(far_end, outside, secret="")).say("Hi")
        assert "X-Hub-Signature-256" not in far_end.asked[0].headers

    def test_tells_what_was_chosen_and_what_came_with_it(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(200, {"messages": [{"text": "Which?", "choices": [{"id": "mon", "title": "Monday"}]}]})]
        chat = Chat(engine(far_end, outside))
        chat.say("Book")
        chat.tap("Monday")
        chat.send(File(type="document", mime_type="text/csv", name="a.csv", size=3, read=lambda: b"a,b"))
        tapped, sent = (asked.json["messages"][0] for asked in far_end.asked[1:])
        assert (tapped["choice"]["id"], tapped["choice"]["question"]["text"]) == ("mon", "Which?")
        assert tapped["quoted"]["ours"] is True
        assert sent["attachments"] == [{"type": "document", "mime_type": "text/csv", "name": "a.csv", "size": 3}]


class TestAnswers:
    @pytest.mark.parametrize(
        ("written", "replies"),
        [
            ({"messages": []}, ()),
            ({"messages": [{"text": "One"}, {"text": "Two"}]}, (Reply(text="One"), Reply(text="Two"))),
            (
                {"messages": [{"text": "Which?", "choices": [{"id": "a", "title": "A"}]}]},
                (Reply(text="Which?", choices=(Choice(id="a", title="A"),)),),
            ),
        ],
    )
    def test_are_replies(self, far_end: FarEnd, outside: Outside, written: Any, replies: Any) -> None:
        far_end.answers = [(200, written)]
        assert Chat(engine(far_end, outside)).say("Hi") == replies

    def test_may_hand_over(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(200, {"messages": [{"text": "One moment."}], "handover": "wants a person"})]
        chat = Chat(engine(far_end, outside))
        chat.say("Hi")
        assert (chat.answer.handover, len(chat.answer.replies)) == ("wants a person", 1)

    def test_may_come_later(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(202, None), (202, {"whatever": 1})]
        chat = Chat(engine(far_end, outside))
        for _ in range(2):
            assert chat.say("Hi") == ()
            assert chat.answer.later

    def test_may_be_none(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(204, None)]
        chat = Chat(engine(far_end, outside))
        assert (chat.say("Hi"), chat.answer.later) == ((), False)

    @pytest.mark.parametrize(
        ("status", "written", "word"),
        [
            (200, b"OK", "no JSON"),
            (200, b"", "no JSON"),
            (200, b"[" * 100_000, "no JSON"),
            (200, {"messages": "Hello"}, "messages"),
            (200, {"messages": [{"text": 5}]}, "messages.0.text"),
            (200, {"messages": [{"txt": "Hi"}]}, "messages.0.txt"),
            (200, {"answer": "Hi"}, "answer"),
            (400, {"error": "bad"}, "400"),
            (401, None, "401"),
            (404, None, "404"),
            (302, None, "302"),
        ],
    )
    def test_that_cannot_be_used_are_final_and_told(
        self, far_end: FarEnd, outside: Outside, status: int, written: Any, word: str
    ) -> None:
        far_end.answers = [(status, written)]
        error = problem(Chat(engine(far_end, outside)))
        assert (error.is_final, len(far_end.asked)) == (True, 1)
        assert word in error.problem.detail
        assert error.problem.advice

    def test_that_are_too_large_are_final(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.answers = [(200, {"messages": [{"text": "x" * 2_000_000}]})]
        assert problem(Chat(engine(far_end, outside))).is_final


class TestTrouble:
    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
    def test_of_the_moment_is_tried_again_with_the_same_turn(
        self, far_end: FarEnd, outside: Outside, status: int
    ) -> None:
        far_end.answers = [(status, None)] * (TRIES - 1) + [(200, {"messages": [{"text": "Hello"}]})]
        assert Chat(engine(far_end, outside)).say("Hi")[0].text == "Hello"
        turns = {(asked.json["turn"], asked.headers["Idempotency-Key"], asked.body) for asked in far_end.asked}
        assert (len(turns), len(far_end.asked)) == (1, TRIES)
        assert far_end.asked[0].json["turn"] == far_end.asked[0].headers["Idempotency-Key"]

    def test_that_lasts_is_told_and_not_final(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.otherwise = lambda asked: (503, None)
        error = problem(Chat(engine(far_end, outside)))
        assert (error.is_final, len(far_end.asked)) == (False, TRIES)
        assert "503" in error.problem.detail

    def test_nobody_there_is_not_final(self, outside: Outside) -> None:
        error = problem(Chat(engine(FarEnd("http://127.0.0.1:1"), outside)))
        assert not error.is_final
        assert "could not be reached" in error.problem.detail

    def test_a_service_that_takes_too_long_is_not_called_again_at_once(self, far_end: FarEnd, outside: Outside) -> None:
        """It may still be at work on this very turn."""
        done = json.dumps({"messages": []}).encode()
        wait = Event()
        far_end.otherwise = lambda asked: (200, done) if wait.wait(10) else (500, None)
        error = problem(Chat(engine(far_end, outside, timeout=0.2)))
        wait.set()
        assert (error.is_final, len(far_end.asked)) == (False, 1)

    def test_a_private_address_is_final(self, far_end: FarEnd) -> None:
        error = problem(Chat(engine(far_end, Outside())))
        assert (error.is_final, far_end.asked) == (True, [])
        assert "OUTBOUND_PRIVATE_HOSTS" in error.problem.detail

    def test_a_redirect_to_a_private_address_is_final(self, far_end: FarEnd, outside: Outside) -> None:
        far_end.headers = {"Location": "http://169.254.169.254/latest/meta-data/"}
        far_end.answers = [(307, None)]
        assert problem(Chat(engine(far_end, outside))).is_final


def test_the_secret_is_in_nothing_that_can_be_shown(far_end: FarEnd, outside: Outside) -> None:
    assert SECRET not in repr(engine(far_end, outside))
