"""Replies as services and programs write them: read whole, or refused with a sentence at the field."""

from typing import Any

import pytest

from channels_app.bots import replies
from channels_app.bots.contract import (
    Answer,
    Attachment,
    Choice,
    Contact,
    Link,
    Phone,
    Place,
    Reply,
    Template,
)

LONG_ADDRESS = "https://example.org/" + "a" * 3000

WHOLE: list[tuple[dict[str, Any], Reply]] = [
    ({"text": "*Hi*"}, Reply(text="*Hi*")),
    ({"text": "*Hi*", "markdown": False, "voice": True, "quote": True, "link": None},
     Reply(text="*Hi*", markdown=False, voice=True, quote=True)),
    ({"text": "When?", "menu": "Days", "choices": ["Monday", {"id": 2, "title": " Tues\nday ", "description": "9:00"}]},
     Reply(text="When?", menu="Days", choices=(
         Choice(id="Monday", title="Monday"), Choice(id="2", title="Tues day", description="9:00")))),
    ({"attachment": {"url": "https://example.org/a.pdf", "type": "document", "filename": "a.pdf"}, "text": "Read"},
     Reply(text="Read", attachment=Attachment(url="https://example.org/a.pdf", type="document", filename="a.pdf"))),
    ({"link": {"url": "https://example.org", "title": "Open"}, "text": "All dates"},
     Reply(text="All dates", link=Link(url="https://example.org", title="Open"))),
    ({"location": {"latitude": "-33.9", "longitude": 18, "name": "City Hall"}},
     Reply(location=Place(latitude=-33.9, longitude=18.0, name="City Hall"))),
    ({"contacts": [{"name": "Sipho", "phones": ["+27 82 555 0100", {"number": "27825550101", "wa_id": "27825550101"}],
                    "emails": ["s@example.org"]}]},
     Reply(contacts=(Contact(name="Sipho", emails=("s@example.org",), phones=(
         Phone(number="+27 82 555 0100"), Phone(number="27825550101", wa_id="27825550101"))),))),
    ({"request": "location", "text": "Where?"}, Reply(request="location", text="Where?")),
    ({"reaction": "👩🏽‍⚕️"}, Reply(reaction="👩🏽‍⚕️")),
    ({"reaction": ""}, Reply(reaction="")),
    ({"template": {"name": "order", "language": "en_US", "parameters": {"who": "Thandi", "count": 18}}},
     Reply(template=Template(name="order", language="en_US", parameters={"who": "Thandi", "count": "18"}))),
    ({"template": {"name": "order", "parameters": ["Thandi", 18]}},
     Reply(template=Template(name="order", parameters=("Thandi", "18")))),
]  # fmt: skip

WRONG: list[tuple[str, Any]] = [
    ("text", 5),
    ("text", {"body": "Hi"}),
    ("text", "a" * 1_000_001),
    ("markdown", "yes"),
    ("choices", "yes"),
    ("choices", [5]),
    ("choices", [{"id": "x"}]),
    ("choices", ["Yes", "\u200b"]),
    ("choices", [{"title": "Yes", "payload": "y"}]),
    ("choices", [str(number) for number in range(1001)]),
    ("attachment", "https://example.org"),
    ("attachment", {"url": "file:///etc/passwd"}),
    ("attachment", {"media": "17"}),
    ("attachment", {"url": "https://example.org", "type": "program"}),
    ("link", {"url": "example.org"}),
    ("link", {"url": "https://a b.org"}),
    ("link", {"url": "https://example.org/" + "a" * 4000}),
    ("location", {"latitude": 91, "longitude": 0}),
    ("location", {"latitude": True, "longitude": 0}),
    ("location", {"latitude": "nan", "longitude": 0}),
    ("contacts", [{"phones": ["+1"]}]),
    ("contacts", [{"name": "S", "phones": [{"wa_id": "1"}]}]),
    ("request", "money"),
    ("request", ["location"]),
    ("reaction", "ok"),
    ("reaction", "👍👍"),
    ("template", {}),
    ("template", {"name": "x", "parameters": "y"}),
    ("template", {"name": "x", "parameters": [None]}),
    ("volume", 11),
]


@pytest.mark.parametrize(("written", "reply"), WHOLE)
def test_a_reply_is_read_from_json_and_written_back(written: Any, reply: Reply) -> None:
    assert replies.read(written) == reply
    assert replies.read(replies.as_json(reply)) == reply


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_is_wrong_is_said_at_its_field(field: str, value: Any) -> None:
    with pytest.raises(replies.BadReply) as raised:
        replies.read({"text": "Hello", field: value})
    (what,) = raised.value.errors.values()
    assert list(raised.value.errors) == [field]
    assert what[0].isupper() or what[0] == "`"
    assert what.endswith((".", "?"))


def test_every_field_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(replies.BadReply) as raised:
        replies.read({"text": 5, "reaction": "ok", "volume": 11})
    assert set(raised.value.errors) == {"text", "reaction", "volume"}


@pytest.mark.parametrize(
    ("written", "reply"),
    [
        ({"choices": ["Yes"]}, Reply(choices=(Choice(id="Yes", title="Yes"),))),
        ({"request": "location"}, Reply(request="location")),
        ({"text": "a\0b"}, Reply(text="ab")),
        ({"text": "?", "choices": ["Yes", "Yes"]}, Reply(text="?", choices=(Choice(id="Yes", title="Yes"),) * 2)),
        ({"link": {"url": LONG_ADDRESS}}, Reply(link=Link(url=LONG_ADDRESS))),
    ],
)
def test_what_can_be_adapted_is_taken(written: Any, reply: Reply) -> None:
    assert replies.read(written) == reply


def test_choices_and_a_request_do_not_go_together() -> None:
    with pytest.raises(replies.BadReply) as raised:
        replies.read({"text": "?", "choices": ["Yes"], "request": "location"})
    assert list(raised.value.errors) == ["request"]


def test_a_template_stands_alone() -> None:
    with pytest.raises(replies.BadReply, match="leave out text"):
        replies.read({"template": {"name": "x"}, "text": "Hello"})


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ({"text": "Hi"}, Answer(replies=(Reply(text="Hi"),))),
        ([{"text": "Hi"}, {"reaction": "👍"}], Answer(replies=(Reply(text="Hi"), Reply(reaction="👍")))),
        ({"messages": [], "handover": "angry"}, Answer(handover="angry")),
        ([{"text": "Wait"}, {"handover": "angry"}], Answer(replies=(Reply(text="Wait"),), handover="angry")),
        ({"text": "Wait", "handover": True}, Answer(replies=(Reply(text="Wait"),), handover="")),
        ({"messages": [], "handover": False}, Answer()),
    ],
)
def test_an_answer_has_replies_and_may_hand_over(written: Any, answer: Answer) -> None:
    assert replies.read_answer(written) == answer


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Hi", "messages.0"),
        ({"messages": "Hi"}, "messages"),
        ([{"text": "Hi"}] * 51, "at most 50"),
        ({"messages": [{"text": "Hi"}, {"text": 5}]}, "messages.1.text"),
        ({"messages": [], "handover": 5}, "handover"),
        ({"messages": [], "reply": "Hi"}, "reply"),
    ],
)
def test_what_is_wrong_in_an_answer_is_said_with_its_place(written: Any, name: str) -> None:
    with pytest.raises(replies.BadReply, match=name):
        replies.read_answer(written)


@pytest.mark.parametrize(
    ("reply", "blank"),
    [(Reply(), True), (Reply(text=" \n"), True), (Reply(reaction=""), False), (Reply(link=Link(url="x")), False)],
)
def test_a_blank_reply_is_known(reply: Reply, blank: bool) -> None:
    assert replies.is_blank(reply) is blank
