"""Long text is cut where a reader minds least, and none of it is lost."""

from time import process_time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from channels_app.outbound.cutting import cut, is_blank

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
MEGABYTE = 1_000_000

CUTS: dict[str, tuple[str, int, list[str]]] = {
    "between paragraphs where that fills half a piece": (
        "One. Two.\n\nThree. Four. Five.",
        18,
        ["One. Two.", "Three. Four. Five."],
    ),
    "between lines where no paragraph ends late enough": (
        "A.\n\nBcd efg hij\nklm nop qrs",
        20,
        ["A.\n\nBcd efg hij", "klm nop qrs"],
    ),
    "after a sentence where no line ends late enough": (
        "It is so. Is it? I think so",
        20,
        ["It is so. Is it?", "I think so"],
    ),
    "after a sentence in quotation marks": (
        "He said “no.” And then he left",
        22,
        ["He said “no.”", "And then he left"],
    ),
    "not after a number or an initial": ("Page 12. By J. Smith of Rome", 18, ["Page 12. By J.", "Smith of Rome"]),
    "at words": ("one two three four five", 10, ["one two", "three four", "five"]),
    "inside a word that is longer than a piece": ("a " + "b" * 12, 10, ["a bbbbbbbb", "bbbb"]),
    "before a word longer than a piece where half is full": ("aaaaaa " + "b" * 12, 10, ["aaaaaa", "b" * 10, "bb"]),
    "before a link": ("Look here: https://example.com/a", 22, ["Look here:", "https://example.com/a"]),
    "at the ends of a link rather than in it": ("(https://example.com/a)", 21, ["(", "https://example.com/a", ")"]),
    "before a list item": ("- one two\n- three four five", 18, ["- one two", "- three four five"]),
    "before a list item of several lines": (
        "1. one\n   more\n2. two\n   more",
        17,
        ["1. one\n   more", "2. two\n   more"],
    ),
    "inside a list item longer than a piece": ("- one two three four", 10, ["- one two", "three four"]),
    "before the line that announces a list": (
        "Some words first.\nThese are:\n- one\n- two\n- three",
        30,
        ["Some words first.", "These are:\n- one\n- two\n- three"],
    ),
    "before a code block": ("See this.\n\n```\na b\nc d\n```", 18, ["See this.", "```\na b\nc d\n```"]),
    "before a marked passage": ("we go *to a far place* now", 20, ["we go", "*to a far place* now"]),
    "so that lines keep their indentation": ("- one\n  - two\n  - three", 14, ["- one\n  - two", "  - three"]),
    "after a full stop that needs no space": ("您好世界。今天天气好", 8, ["您好世界。", "今天天气好"]),
    "after a comma that needs no space": (
        "今天天气好\N{FULLWIDTH COMMA}我们出去吧",
        8,
        ["今天天气好\N{FULLWIDTH COMMA}", "我们出去吧"],
    ),
    "not at a space that must not break": ("it costs 10\u00a0000 rand", 14, ["it costs", "10\u00a0000 rand"]),
    "at such a space rather than in a word": ("aaaaaa\u00a0bbbbbb", 10, ["aaaaaa", "bbbbbb"]),
    "between characters as people see them": (FAMILY * 2, 10, [FAMILY, FAMILY]),
    "inside such a character that is longer than a piece": (FAMILY, 4, ["👩\u200d👩\u200d", "👧\u200d👦"]),
}


@pytest.mark.parametrize(("text", "limit", "pieces"), CUTS.values(), ids=CUTS)
def test_text_is_cut(text: str, limit: int, pieces: list[str]) -> None:
    assert cut(text, limit) == pieces


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\ufeff", "\u2800"])
def test_text_in_which_nobody_sees_anything_has_no_pieces(text: str) -> None:
    assert cut(text, 10) == []


def test_text_that_fits_stays_as_it_is() -> None:
    assert cut("  one \n\n two ", 13) == ["  one \n\n two "]


def test_a_piece_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        cut("one", 0)


def test_a_code_block_longer_than_a_piece_is_closed_and_opened_again() -> None:
    text = "Run:\n\n```\nfor x in y:\n    print(x)\n\nfor z in y:\n    print(z)\n```\nDone."
    assert cut(text, 36) == [
        "Run:",
        "```\nfor x in y:\n    print(x)\n```",
        "```\nfor z in y:\n    print(z)\n```",
        "Done.",
    ]


def test_a_code_block_stays_whole_where_it_fits_a_piece() -> None:
    block = "```\n" + "x = 1\n" * 10 + "```"
    assert block in cut("Some words first, " * 3 + f"\n\n{block}\n\n" + "and some more after it " * 3, len(block))


def test_fences_are_text_where_there_is_no_room_for_them() -> None:
    assert cut("```\nab cd ef gh\n```", 8) == ["```\nab", "cd ef gh", "```"]


def test_the_lengths_are_code_points() -> None:
    assert [len(piece) for piece in cut("🎉" * 5000, 4096)] == [4096, 904]


ANYTHING = st.text(st.sampled_from("ab. \n\t-*_`。é\u0301👩\u200d👧🇿🇦\u200b\u00a0") | st.characters(), max_size=300)
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "word ",
            "A sentence. ",
            "\n",
            "\n\n",
            "\n- an item\n",
            "\n1. a step\n",
            "https://example.com/a?b=c ",
            "*bold words* ",
        ]
    ),
    max_size=60,
).map("".join)


@given(ANYTHING | FRAGMENTS, st.integers(1, 80))
def test_every_piece_fits_and_says_something(text: str, limit: int) -> None:
    assert all(len(piece) <= limit and not is_blank(piece) for piece in cut(text, limit))


@given(ANYTHING.filter(lambda text: "```" not in text) | FRAGMENTS, st.integers(1, 80))
def test_only_what_nobody_sees_is_lost_at_the_cuts(text: str, limit: int) -> None:
    def seen(text: str) -> str:
        return "".join(char for char in text if not is_blank(char))

    assert seen("".join(cut(text, limit))) == seen(text)


@given(FRAGMENTS, st.integers(26, 80))
def test_links_items_and_marked_passages_stay_whole(text: str, limit: int) -> None:
    pieces = cut(text, limit)
    for whole in ("https://example.com/a?b=c", "- an item", "1. a step", "*bold words*"):
        assert sum(piece.count(whole) for piece in pieces) == text.count(whole)


@given(st.lists(st.sampled_from([FAMILY, "🇿🇦", "👍🏽", "é", "क्षि", "각"])).map("".join), st.integers(8, 40))
def test_what_people_see_as_one_character_is_not_torn(text: str, limit: int) -> None:
    seen = [character for piece in cut(text, limit) for character in regex.findall(r"\X", piece)]
    assert seen == regex.findall(r"\X", text)


@given(
    st.lists(st.sampled_from(["x = 1", "    y = f(x)", "", "a long line of words"]), min_size=8), st.integers(40, 90)
)
def test_each_piece_of_a_code_block_has_its_own_fences(lines: list[str], limit: int) -> None:
    pieces = cut("Here:\n```\n" + "\n".join(lines) + "\nend\n```\nDone.", limit)
    assert all(piece.count("```") % 2 == 0 for piece in pieces)
    code = "\n".join(pieces).replace("```", "").split("\n")
    assert [line for line in code if line] == ["Here:", *filter(None, lines), "end", "Done."]


@pytest.mark.parametrize(
    "unit",
    [
        "The fox jumps. ",
        "a",
        "漢",
        "\n",
        "- an item\n",
        "``` a ",
        "*a _b ~c ",
        "e\u0301",
        "http://",
        "!'",
        "1. ",
        "。",
        FAMILY,
    ],
)
def test_the_time_grows_with_the_length_alone(unit: str) -> None:
    text = (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
    begun = process_time()
    cut(text, 4096)
    assert process_time() - begun < 4  # takes about 0.6 s; what grows with the square would take minutes
