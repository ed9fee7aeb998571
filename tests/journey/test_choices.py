"""Choices: offered as buttons, rows or numbers, and taken by a tap, by words or by a number."""

from collections.abc import Callable

import pytest

from channels_app.bots.contract import Answer, Choice, Chosen, Reply, Said, Turn
from channels_app.simulator.rehearsal.meta import Meta
from channels_app.simulator.rehearsal.people import Person

pytestmark = pytest.mark.django_db

DAYS = tuple(Choice(id=f"day-{number}", title=day) for number, day in enumerate(["Monday", "Tuesday", "Sunday"], 1))
MANY = tuple(Choice(id=f"n{number}", title=f"Number {number}") for number in range(1, 13))


def asking(text: str, choices: tuple[Choice, ...]) -> Reply:
    return Reply(text=text, choices=choices)


class Clerk:
    """Says what it was told to say next, and remembers what it was asked."""

    def __init__(self, *answers: Reply | list[Reply]) -> None:
        self.answers = list(answers)
        self.heard: list[Said] = []

    def reply(self, turn: Turn) -> Answer:
        self.heard += turn.messages
        said = self.answers.pop(0) if self.answers else Reply(text="Noted")
        return Answer(replies=tuple(said) if isinstance(said, list) else (said,))

    @property
    def chosen(self) -> str | None:
        choice = self.heard[-1].choice
        return choice.id if choice else None


Talk = Callable[..., tuple[Clerk, Person]]


@pytest.fixture
def talk(meta: Meta) -> Talk:
    def begin(*answers: Reply | list[Reply]) -> tuple[Clerk, Person]:
        clerk = Clerk(*answers)
        meta.answer_with(clerk)
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        meta.settle()
        return clerk, thandi

    return begin


class TestOffering:
    def test_up_to_three_are_buttons_with_the_ids_of_the_bot(self, talk: Talk) -> None:
        _, thandi = talk(asking("*Which* day?", DAYS))
        bubble = thandi.hears("_Which_ day?")
        buttons = bubble.content["action"]["buttons"]
        assert [button["reply"]["id"] for button in buttons] == ["day-1", "day-2", "day-3"]
        assert bubble.choices == ("Monday", "Tuesday", "Sunday")
        assert (bubble.message.type, bubble.message.sent_as) == ("interactive", "interactive")

    @pytest.mark.parametrize(
        "choices",
        [
            MANY[:4],
            MANY[:10],
            (Choice(id="a", title="With a description", description="Hello"),),
            (Choice(id="a", title="Twenty-one characters"),),
        ],
    )
    def test_more_or_with_descriptions_are_a_list(self, talk: Talk, choices: tuple[Choice, ...]) -> None:
        _, thandi = talk(Reply(text="Which?", choices=choices, menu="All of them"))
        bubble = thandi.hears("Which?")
        assert bubble.content["type"] == "list"
        assert bubble.content["action"]["button"] == "All of them"
        assert bubble.choices == tuple(choice.title for choice in choices)

    @pytest.mark.parametrize(
        "choices",
        [
            MANY,
            (Choice(id="a", title="A title that is longer than any row"), Choice(id="b", title="B")),
            (Choice(id="a", title="A", description="d" * 73), Choice(id="b", title="B")),
            (Choice(id="a", title="Same"), Choice(id="b", title="Same")),
        ],
    )
    def test_too_many_or_too_long_are_numbered(self, talk: Talk, choices: tuple[Choice, ...]) -> None:
        _, thandi = talk(asking("Which?", choices))
        bubble = thandi.next_bubble()
        assert bubble
        assert bubble.type == "text"
        assert bubble.text.splitlines()[:3] == ["Which?", "", f"1. {choices[0].title}"] or choices[0].description
        assert all(f"{number}. {choice.title}" in bubble.text for number, choice in enumerate(choices, 1))
        assert bubble.message.text == bubble.text

    def test_a_long_question_goes_before_its_buttons(self, talk: Talk) -> None:
        text = "\n\n".join(f"Paragraph {number}: {'word ' * 60}" for number in range(20))
        _, thandi = talk(asking(text, DAYS))
        *before, last = thandi.heard
        assert [bubble.type for bubble in before] == ["text"] * len(before)
        assert last.choices == ("Monday", "Tuesday", "Sunday")
        assert [len(bubble.text) <= 4096 for bubble in before] == [True] * len(before)
        assert len(last.text) <= 1024
        assert " ".join(bubble.text for bubble in thandi.heard).split() == text.split()

    def test_outside_the_window_they_are_numbered_in_the_template(self, talk: Talk, meta: Meta) -> None:
        clerk, thandi = talk(Reply(text="Hi"))
        thandi.hears("Hi")
        clerk.answers = [asking("Which day?", DAYS)]
        meta.hours_pass(25)
        thandi.writes("Hello", hours_ago=25)
        bubble = thandi.hears_template()
        assert bubble.parameters == ("Which day? 1. Monday; 2. Tuesday; 3. Sunday",)

    def test_refused_buttons_become_numbers(self, talk: Talk, meta: Meta) -> None:
        clerk, thandi = talk(Reply(text="Hi"))
        thandi.hears("Hi")
        clerk.answers = [asking("Which day?", DAYS)]
        meta.refuse(131009)
        thandi.writes("Again")
        assert thandi.hears("Which day?\n\n1. Monday\n2. Tuesday\n3. Sunday").message.sent_as == "text"
        thandi.writes("2")
        meta.settle()
        assert clerk.chosen == "day-2"


class TestTaking:
    def test_a_tap_tells_the_choice_and_its_question(self, talk: Talk, meta: Meta) -> None:
        clerk, thandi = talk(asking("Which day?", DAYS))
        question = thandi.hears("Which day?").message
        thandi.taps("Tuesday")
        meta.settle()
        choice = clerk.heard[-1].choice
        assert isinstance(choice, Chosen)
        assert (choice.id, choice.title) == ("day-2", "Tuesday")
        assert choice.question
        assert (choice.question.id, choice.question.text) == (str(question.pk), "Which day?")
        assert clerk.heard[-1].text == "Tuesday"

    def test_two_questions_of_one_turn_are_each_answered(self, talk: Talk, meta: Meta) -> None:
        rooms = (Choice(id="r1", title="Blue"), Choice(id="r2", title="Green"))
        clerk, thandi = talk([asking("Which day?", DAYS), asking("Which room?", rooms)])
        for title, id_, text in (("Monday", "day-1", "Which day?"), ("Green", "r2", "Which room?")):
            thandi.taps(title)
            meta.settle()
            choice = clerk.heard[-1].choice
            assert choice
            assert choice.question
            assert (choice.id, choice.question.text) == (id_, text)

    def test_a_menu_can_be_tapped_again_and_again(self, talk: Talk, meta: Meta) -> None:
        clerk, thandi = talk(asking("Which day?", DAYS))
        for number, title in enumerate(["Monday", "Tuesday", "Sunday"], 1):
            thandi.taps(title)
            meta.settle()
            assert clerk.chosen == f"day-{number}"

    def test_a_tap_on_what_was_asked_before_something_else_is_text(self, talk: Talk, meta: Meta) -> None:
        yes_no = (Choice(id="day-1", title="Yes"), Choice(id="no", title="No"))
        clerk, thandi = talk(asking("Which day?", DAYS), asking("Really?", yes_no))
        thandi.writes("Hm")
        meta.settle()
        thandi.taps("Monday")
        meta.settle()
        assert clerk.heard[-1].choice is None
        assert clerk.heard[-1].text == "Monday"
        assert clerk.heard[-1].quoted
        assert clerk.heard[-1].quoted.text == "Which day?"

    @pytest.mark.parametrize(
        ("words", "chosen"),
        [
            ("Tuesday", "day-2"),
            (" tuesday! ", "day-2"),
            ("2", "day-2"),
            ("2.", "day-2"),
            ("#3", "day-3"),
            ("2️⃣", "day-2"),
            ("٢", "day-2"),
            ("4", None),
            ("0", None),
            ("Tuesday or Sunday", None),
            ("!", None),
        ],
    )
    def test_words_and_numbers_are_understood(self, talk: Talk, meta: Meta, words: str, chosen: str | None) -> None:
        clerk, thandi = talk(asking("Which day?", DAYS))
        thandi.writes(words)
        meta.settle()
        assert clerk.chosen == chosen

    def test_a_number_means_nothing_once_something_else_was_said(self, talk: Talk, meta: Meta) -> None:
        clerk, thandi = talk(asking("Which day?", DAYS), Reply(text="How many will you be?"))
        thandi.writes("Hm")
        meta.settle()
        thandi.writes("2")
        meta.settle()
        assert clerk.heard[-1].choice is None

    def test_unless_the_question_is_quoted(self, talk: Talk, meta: Meta) -> None:
        clerk, thandi = talk(asking("Which day?", DAYS), Reply(text="How many will you be?"))
        question = thandi.hears("Which day?")
        thandi.writes("Hm")
        meta.settle()
        thandi.writes("2", quoting=question)
        meta.settle()
        assert clerk.chosen == "day-2"

    def test_ids_that_meta_does_not_take_come_back_as_they_were(self, talk: Talk, meta: Meta) -> None:
        odd = (Choice(id="x" * 300, title="Long"), Choice(id="", title="None"), Choice(id="a", title="A"))
        clerk, thandi = talk(asking("Which?", (*odd, Choice(id="a", title="B"))))
        for title, id_ in (("Long", "x" * 300), ("None", ""), ("A", "a"), ("B", "a")):
            thandi.taps(title)
            meta.settle()
            choice = clerk.heard[-1].choice
            assert choice
            assert (choice.id, choice.title) == (id_, title)

    def test_a_reset_leaves_earlier_questions_behind(self, talk: Talk, meta: Meta) -> None:
        clerk, thandi = talk(asking("Which day?", DAYS))
        thandi.writes(" /Reset")
        meta.settle()
        thandi.taps("Monday")
        meta.settle()
        assert [said.text for said in clerk.heard] == ["Hello", "Monday"]
        assert clerk.heard[-1].choice is None
