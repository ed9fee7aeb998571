"""What the ladder makes of any reply, against the checks that the simulator makes of any message."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from channels_app.bots.contract import Choice, Link, Reply
from channels_app.gateways.meta.writing import payload
from channels_app.messages import Address
from channels_app.outbound import forms, splitting
from channels_app.outbound.ladder import FORMS, Part, Terms, rungs
from channels_app.outbound.shaping import Shape, shapes
from channels_app.simulator.graph import contents
from channels_app.simulator.models import SimulatedNumber, SimulatedPerson
from tests.any_reply import REPLIES

OPEN = Terms(window_open=True, language="en", room=974)
SOMEBODY = contents.Recipient(number=SimulatedNumber(), person=SimulatedPerson())
MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def bodies(shape: Shape, tried: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """The calls that a message takes, where the rungs in `tried` are refused."""
    part = Part(text=shape.text, form=forms.of(shape.content))
    rung = next(iter(rungs(part, OPEN, tried)))
    pieces = rung.pieces(part, OPEN)
    if pieces == [part.text]:
        yield payload(Address(wa_id="27831234567"), rung.make(part, OPEN), "")
        return
    for look in splitting.looks(shape.type, dict(shape.content), pieces, keeps_form=rung in FORMS):
        yield from bodies(Shape(type=look.type, text=look.text, content=look.content), tried)


def check(reply: Reply) -> None:
    """Meta takes all of it as it is, and all of it in words."""
    for shape in shapes(reply, ""):
        for body in bodies(shape):
            contents.read(SOMEBODY, body)
        for body in bodies(shape, forms.NAMES):
            assert body["type"] == "text"
            contents.read(SOMEBODY, body)


@MANY
@given(reply=REPLIES)
def test_every_message_is_one_that_meta_takes(reply: Reply) -> None:
    check(reply)


@pytest.mark.slow
@settings(MANY, max_examples=3000)
@given(reply=REPLIES)
def test_every_message_is_one_that_meta_takes_also_at_length(reply: Reply) -> None:
    check(reply)


@pytest.mark.parametrize("more", [{"request": "location"}, {"choices": (Choice(id="a", title="A"),)}])
def test_a_link_that_no_question_can_hold_stands_whole_before_it(more: Any) -> None:
    address = "https://example.org/".ljust(3000, "a")
    (shape,) = shapes(Reply(text="Look", link=Link(url=address, title="Here"), **more), "")
    before, asking = bodies(shape)
    assert before["text"]["body"] == f"Look\n\nHere: {address}"
    assert asking["interactive"]["body"]["text"] == forms.POINTER


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u2060", "\0"])
def test_what_nobody_sees_is_not_said(text: str) -> None:
    assert shapes(Reply(text=text), "") == []
