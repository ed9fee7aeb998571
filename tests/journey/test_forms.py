"""Messages in forms of their own: what happens where Meta does not take them, at once or later."""

import re
from typing import Any

import pytest

from channels_app import clock, notices
from channels_app.bots.contract import Answer, Attachment, Link, Place, Reply, Template, Turn
from channels_app.errors import Problem
from channels_app.models import Bot, Channel, Conversation, Message, Notice
from tests.fixtures import FakeGraph, Post, Work, change, notification, ours, refusal, status, text


class Speaker:
    """A bot that says what the test wants."""

    says: tuple[Reply, ...] = ()

    def reply(self, turn: Turn) -> Answer:
        return Answer(replies=self.says)


@pytest.fixture
def answer(settings: Any, channel: Channel, post: Post, work: Work, graph: FakeGraph) -> Any:
    settings.BOT_ENGINES = {"speaker": f"{__name__}.Speaker"}
    Bot.objects.update(engine="speaker")

    def answer_now(*replies: Reply, wamid: str = "wamid.in.1") -> None:
        Speaker.says = replies
        post(notification(change(text("Hello", wamid))))
        work()

    return answer_now


FILE = Reply(text="Invoice", attachment=Attachment(url="https://example.org/7.pdf"))
IN_WORDS = re.compile(r"Invoice\n\n7\.pdf: http://testserver/f/[\w-]{48}")


def failed(code: int, wamid: str = "wamid.out.1", details: str = "") -> Any:
    error = {"code": code, "title": "No", "error_data": {"details": details}}
    return notification(change(statuses=[status(wamid, "failed", errors=[error])]))


def test_a_form_that_is_refused_at_once_goes_in_words(answer: Any, graph: FakeGraph) -> None:
    graph.answers = [refusal(131009)]
    answer(FILE, Reply(text="Next"))
    assert graph.types == ["document", "text", "text"]
    assert IN_WORDS.fullmatch(graph.texts[1])
    assert graph.texts[2] == "Next"
    first = ours()[0]
    assert (first.type, first.sent_as, first.text) == ("text", "text", graph.texts[1])


def test_one_that_is_refused_by_a_status_goes_in_words(answer: Any, graph: FakeGraph, post: Post, work: Work) -> None:
    answer(FILE)
    post(failed(131053))
    work()
    assert graph.types == ["document", "text"]
    assert IN_WORDS.fullmatch(graph.texts[1])
    assert ours()[0].status == "accepted"


def test_a_file_that_meta_cannot_fetch_is_tried_again_and_then_goes_as_a_link(
    answer: Any, graph: FakeGraph, post: Post, work: Work
) -> None:
    answer(FILE)
    for number in range(1, 4):
        post(failed(131053, f"wamid.out.{number}", "Downloading media from the link failed"))
        work()
        Message.objects.update(retry_at=None)
        Conversation.objects.update(due_at=clock.now())
        work()
    assert graph.types == ["document", "document", "document", "text"]


def test_a_text_that_is_refused_has_no_other_form(answer: Any, graph: FakeGraph) -> None:
    graph.answers = [refusal(131009)]
    answer(Reply(text="Hello"))
    assert graph.types == ["text"]
    assert ours()[0].status == "failed"


def test_a_recipient_who_cannot_be_reached_is_not_tried_in_words(answer: Any, graph: FakeGraph) -> None:
    graph.answers = [refusal(131026)]
    answer(FILE)
    assert graph.types == ["document"]
    assert ours()[0].status == "failed"


def test_a_closed_window_reported_later_takes_the_template_with_all_of_it(
    answer: Any, graph: FakeGraph, post: Post, work: Work
) -> None:
    answer(Reply(location=Place(latitude=1, longitude=2, name="City Hall")))
    post(failed(131047))
    work()
    assert graph.types == ["location", "template"]
    assert graph.texts[1].startswith("City Hall https://www.google.com/maps?q=1.0")


def test_a_reaction_that_fails_leaves_the_rest_alone(answer: Any, graph: FakeGraph) -> None:
    graph.answers = [refusal(131009)]
    answer(Reply(text="Thanks", reaction="👍"))
    assert graph.types == ["reaction", "text"]
    assert [message.status for message in ours()] == ["failed", "accepted"]


def test_a_reaction_goes_to_the_message_that_is_answered_and_quotes_nothing(answer: Any, graph: FakeGraph) -> None:
    answer(Reply(text="Thanks", reaction="👍", quote=True), wamid="wamid.theirs")
    assert graph.asked[0]["reaction"] == {"message_id": "wamid.theirs", "emoji": "👍"}
    assert "context" not in graph.asked[0]
    assert graph.asked[1]["context"] == {"message_id": "wamid.theirs"}


def test_a_link_that_is_none_goes_as_text(answer: Any, graph: FakeGraph) -> None:
    answer(Reply(text="See", link=Link(url="example.org", title="Open")))
    assert graph.texts == ["See\n\nOpen: example.org"]


def test_a_template_of_the_bots_own_that_is_missing_is_told_by_its_message_alone(answer: Any, graph: FakeGraph) -> None:
    graph.answers = [refusal(132001, 404)]
    answer(Reply(template=Template(name="order")))
    assert (ours()[0].status, ours()[0].type) == ("failed", "template")
    assert not Notice.objects.exists()


def test_a_template_of_the_bots_own_mends_no_notice_about_ours(answer: Any, graph: FakeGraph, channel: Channel) -> None:
    notices.tell(channel.provider, notices.TEMPLATE, Problem(code=132001, title="Missing"))
    answer(Reply(template=Template(name="order")))
    assert ours()[0].status == "accepted"
    assert Notice.objects.filter(closed_at=None).exists()


def test_what_a_database_cannot_take_is_left_out(answer: Any, graph: FakeGraph) -> None:
    answer(Reply(text="a\0b \ud800", markdown=False))
    assert graph.texts == ["ab ?"]
