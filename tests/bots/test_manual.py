"""What docs/bots.md shows is true."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings

from channels_app.bots import config, wiring
from channels_app.bots.config import Allowed
from channels_app.bots.contract import CannotAnswer
from channels_app.bots.engines.http import HttpEngine
from channels_app.bots.engines.rules import RulesEngine
from channels_app.bots.means import Means
from channels_app.bots.trying import Chat
from channels_app.outside import Outside
from tests.processes.stage import eventually, free_port

MANUAL = (Path(__file__).parents[2] / "docs/bots.md").read_text()


def shown(language: str, word: str) -> str:
    """The one block in this language that has `word` in it."""
    (block,) = (block for block in re.findall(rf"```{language}\n(.*?)```", MANUAL, re.DOTALL) if word in block)
    return str(block)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    """The address of the example, started as a program of its own."""
    program, port = tmp_path / "bot.py", free_port()
    program.write_text(shown("python", "class Bot("))
    process = subprocess.Popen(
        [sys.executable, str(program)], env={"BOT_SECRET": "ours", "PORT": str(port)}, stderr=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(10)


def is_up(chat: Chat) -> bool:
    try:
        chat.say("Hello")
    except CannotAnswer:
        return False
    return True


def test_the_service_answers_what_is_signed_and_nothing_else(service: str, outside: Outside) -> None:
    means = Means(outside=outside, secret="ours")
    chat = Chat(HttpEngine(means=means, url=service, timeout=5))
    assert eventually(lambda: is_up(chat), 20)
    assert chat.answer.replies[0].text == "What can I do for you?"
    assert chat.tap("Opening hours")[0].text == "We are open from *eight* to *five*."
    stranger = Chat(HttpEngine(means=Means(outside=outside, secret="theirs"), url=service, timeout=5))
    with pytest.raises(CannotAnswer) as caught:
        stranger.say("Hello")
    assert "403" in caught.value.problem.detail


def test_the_service_is_short() -> None:
    lines = [line for line in shown("python", "class Bot(").splitlines() if line.strip()]
    assert len(lines) <= 30


def test_a_turn_looks_as_it_is_shown(far_end: Any, outside: Outside) -> None:
    chat = Chat(HttpEngine(means=Means(outside=outside), url=far_end.url, timeout=5))
    far_end.answers = [(200, {"text": "Which?", "choices": ["Book a visit"]})]
    chat.say("Hello")
    chat.tap("Book a visit")
    assert shape(far_end.asked[-1].json) == shape(json.loads(shown("json", '"turn"')))


def shape(value: Any) -> Any:
    """The names in some JSON."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items() if name not in ("quoted", "content")}
    return [shape(each) for each in value] if isinstance(value, list) else None


def test_the_handlers_and_their_test_work() -> None:
    names: dict[str, Any] = {}
    exec(shown("python", "def booking("), names)
    exec(shown("python", "def test_"), names)
    names["test_a_visit_is_booked"]()


def test_the_rules_are_rules(outside: Outside) -> None:
    written = json.loads(shown("json", '"rules"'))
    assert config.read(RulesEngine.settings, written, Allowed()) == written
    told = {setting.name: written.get(setting.name, setting.default) for setting in RulesEngine.settings}
    chat = Chat(RulesEngine(means=Means(outside=outside), **told))
    with time_machine.travel("2026-05-01T10:00Z", tick=False):
        assert chat.say("Hello!")[0].text == "What can we do for you?"
        chat.tap("Book a visit")
        assert chat.answer.handover == "wants a visit"
        assert chat.say("hm")[0].text.startswith("I did not understand")
    with time_machine.travel("2026-05-01T20:00Z", tick=False):
        assert chat.say("Hello!")[0].text.startswith("We are closed.")
        assert chat.say("When are you open?")[0].text.startswith("We are here")


@pytest.mark.parametrize("engine", sorted(settings.BOT_ENGINES))
def test_every_engine_and_every_setting_is_named(engine: str) -> None:
    assert f"`{engine}`" in MANUAL
    for setting in wiring.described(engine) or ():
        assert f"| `{setting.name}`" in MANUAL
