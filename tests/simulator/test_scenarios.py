"""Scenarios: read with care, played, and told apart from what came of them."""

import textwrap
from pathlib import Path

import pytest

from channels_app.bots.contract import Turn
from channels_app.simulator.rehearsal.meta import Meta
from channels_app.simulator.scenarios import reading
from channels_app.simulator.scenarios.nodes import ScenarioError
from channels_app.simulator.scenarios.playing import Player

SHIPPED = reading.shipped()


def play(meta: Meta, text: str) -> tuple[int, list[str]]:
    said: list[str] = []
    scenario = reading.parse("a.yaml", scenario_of(text))
    return Player(meta, scenario, said.append).play(), said


def scenario_of(steps: str) -> str:
    people = "people:\n  Thandi:\n  Sipho: {hidden_number: true}\n"
    return f"title: A try\n{people}steps:\n" + textwrap.indent(textwrap.dedent(steps).strip(), "  ") + "\n"


def complaint(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        reading.parse("a.yaml", text)
    return str(caught.value)


@pytest.mark.django_db
class TestPlaying:
    @pytest.mark.parametrize("name", SHIPPED)
    def test_what_comes_along_comes_true(self, meta: Meta, name: str) -> None:
        said: list[str] = []
        assert Player(meta, reading.read(reading.find(name)), said.append).play() == 0, "\n".join(said)

    def test_another_answer_is_a_difference(self, meta: Meta) -> None:
        meta.answer_with(lambda turn: "Good morning")
        differences, said = play(
            meta,
            """
            - {who: Thandi, writes: Hello}
            - {who: Thandi, hears: Hello, as: text}
            """,
        )
        assert differences == 1
        assert said[1:] == ["≠    7   Thandi hears", "         - 'Hello' (text)", "         + 'Good morning' (text)"]

    def test_another_kind_is_a_difference(self, meta: Meta) -> None:
        differences, said = play(
            meta,
            """
            - {who: Thandi, writes: Hello}
            - {who: Thandi, hears: Hello, as: template, status: read}
            """,
        )
        assert differences == 1
        assert said[2:] == ["         - 'Hello' (template, read)", "         + 'Hello' (text), read"]

    def test_silence_is_a_difference_and_its_reason_is_told(self, meta: Meta) -> None:
        differences, said = play(
            meta,
            """
            - fault: token_expired
            - {who: Thandi, writes: Hello}
            - {who: Thandi, hears: Hello}
            """,
        )
        assert differences == 1
        assert said[3:5] == ["         - 'Hello'", "         + nothing"]
        assert "The bot's 'Hello' is held: 190" in said[5]

    def test_what_nobody_expected_is_a_difference(self, meta: Meta) -> None:
        differences, said = play(meta, "- {who: Thandi, writes: Hello}")
        assert differences == 1
        assert said[1:] == ["≠  end   Thandi hears more", "         + 'Hello' (text)"]

    def test_a_button_that_is_not_there_is_a_difference(self, meta: Meta) -> None:
        differences, said = play(meta, "- {who: Thandi, taps: Yes}")
        assert differences == 1
        assert "no message on the phone has such a button" in said[1]

    def test_a_forged_message_that_is_believed_is_a_difference(self, meta: Meta) -> None:
        differences, said = play(meta, "- {who: Sipho, forged: Hello, answer: 200}")
        assert differences == 1
        assert said[1:] == ["         - HTTP 200", "         + HTTP 403"]

    def test_every_step_can_be_taken(self, meta: Meta) -> None:
        def talk(turn: Turn) -> str:
            return turn.messages[-1].type

        meta.answer_with(talk)
        differences, said = play(
            meta,
            """
            - {who: Thandi, shares_contact: {name: Sipho Dube, number: +1 555 020 0042}}
            - {who: Thandi, hears_like: ^cont}
            - {who: Thandi, reacts: 👍}
            - hears_nothing: Thandi
            - refuse: 131047
            - {who: Thandi, writes: Hello}
            - {who: Thandi, hears: text, as: template}
            - refuse_by_status: 131047
            - {who: Thandi, writes: Hello, hours_ago: 1}
            - {who: Thandi, hears: text, as: template}
            - drop_answer: true
            - {who: Thandi, writes: Hello}
            - {who: Thandi, hears: text}
            - template_becomes: PAUSED
            - {bot_writes: News, to: Sipho}
            - hears_nothing: Sipho
            """,
        )
        assert differences == 0, "\n".join(said)


class TestReading:
    @pytest.mark.parametrize(
        ("steps", "line", "sentence"),
        [
            ("- {who: Thandi, hear: Hello}", 6, "“A step” takes no “hear”. Did you mean “hears”?"),
            ("- {who: Thandi, hears: Hello, kind: text}", 6, "“hears” takes no “kind”. It takes hears, who, as,"),
            ("- {who: Thandi, hears: Hello, as: txt}", 6, "“as” is one of text, template,"),
            ("- {who: Thandi, writes: Hi}\n- {who: Thabo, writes: Hi}", 7, "“Thabo” is none of the people:"),
            ("- {writes: Hello}", 6, "“writes” needs “who”."),
            ("- {who: Thandi, writes: Hi, hears: Hi}", 6, "A step is one thing, and not writes and hears."),
            ("- {who: Thandi}", 6, "A step says what happens: one of writes,"),
            ("- hours_pass: many", 6, "“hours_pass” is a number."),
            ("- refuse: -1", 6, "“refuse” is a whole number from 0 on."),
            ("- fault: earthquake", 6, "“fault” is one of token_expired,"),
            ("- {who: Thandi, hears_like: '('}", 6, "“hears_like” is a regular expression, and this is none:"),
            ("- together:\n    - hours_pass: 1", 7, "Only what people send can come together."),
            ("- {who: Thandi, writes: [1, 2]}", 6, "“writes” is a text."),
            ("- {who: Thandi, who: Sipho, writes: Hi}", 6, "“who” stands here twice."),
            ("- Thandi writes", 6, "“steps” has keys, such as key: value."),
            ("- drop_answer: false", 6, "“drop_answer” is true, or not there."),
        ],
    )
    def test_what_is_no_step_is_told_with_its_line(self, steps: str, line: int, sentence: str) -> None:
        assert complaint(scenario_of(steps)).startswith(f"a.yaml, line {line}: {sentence}")

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "line 1: A scenario has a title, people and steps."),
            ("title: [", "line 1: This is no YAML:"),
            ("title: A\npeople: {Thandi: }\nsteps: []\nstep: []", "line 4: “A scenario” takes no “step”."),
            ("people: {Thandi: }\nsteps: []", "line 1: “A scenario” needs “title”."),
            ("title: A\npeople: {Thandi: {hidden: true}}\nsteps: []", "line 2: “Thandi” takes no “hidden”. Did you"),
            ("title: A\npeople: [Thandi]\nsteps: []", "line 2: “people” has keys"),
            ("title: A\npeople: {Thandi: }\nsteps: {}", "line 3: “steps” is a list"),
            ("title: A\npeople: {Thandi: }\nbot: {engine: echo, config: 1}\nsteps: []", "line 3: “config” has keys"),
            ("title: \0", "line 1: This is no YAML"),
        ],
    )
    def test_what_is_no_scenario_is_told_with_its_line(self, text: str, told: str) -> None:
        assert complaint(text).startswith(f"a.yaml, {told}")

    def test_words_that_yaml_takes_for_something_else_are_words(self) -> None:
        scenario = reading.parse("a.yaml", scenario_of("- {who: Thandi, writes: Yes}\n- {who: Thandi, writes: 007}"))
        assert [getattr(step, "text", "") for step in scenario.steps] == ["Yes", "007"]

    def test_a_bot_can_be_named_with_its_configuration(self) -> None:
        text = "title: A\npeople: {T: }\nbot:\n  engine: http\n  config: {timeout: 3, urls: [a, b]}\nsteps: []"
        bot = reading.parse("a.yaml", text).bot
        assert bot
        assert (bot.engine, bot.config) == ("http", {"timeout": 3, "urls": ["a", "b"]})

    def test_a_file_that_is_not_there_is_told_of(self) -> None:
        with pytest.raises(ScenarioError, match=r"There is no such file\. These come along: batch, burst, forged"):
            reading.find("nowhere.yaml")

    @pytest.mark.parametrize("name", ["../reading", "ladder/../../steps"])
    def test_only_what_comes_along_is_found_by_its_name(self, name: str) -> None:
        with pytest.raises(ScenarioError):
            reading.find(name)

    def test_a_file_of_ones_own_comes_first(self, tmp_path: Path) -> None:
        own = tmp_path / "ladder.yaml"
        own.write_text(scenario_of("- hours_pass: 1"))
        assert reading.read(reading.find(str(own))).title == "A try"
        assert reading.find("ladder").parent == reading.SHIPPED

    def test_a_file_that_is_no_text_is_told_of(self, tmp_path: Path) -> None:
        odd = tmp_path / "odd.yaml"
        odd.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ScenarioError, match="cannot be read, or is no text"):
            reading.read(odd)
