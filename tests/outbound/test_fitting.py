"""Text is made fit for a template's parameter, and people can still read it."""

import re
from time import process_time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from channels_app.outbound.cutting import is_blank
from channels_app.outbound.fitting import fit, pieces, room

FAMILY = "👩\u200d👩\u200d👧\u200d👦"

ANSWERS: dict[str, tuple[str, str]] = {
    "two paragraphs": (
        "Your results are in.\n\nPlease come to the clinic on Monday.",
        "Your results are in. | Please come to the clinic on Monday.",
    ),
    "a numbered list between two paragraphs": (
        "How to register:\n\n1. Open the app\n2. Tap *Register*\n3. Enter your number.\n\nNeed help? Reply here.",
        "How to register: 1. Open the app; 2. Tap *Register*; 3. Enter your number. | Need help? Reply here.",
    ),
    "a nested list": (
        "Please bring\n- ID card\n- Proof of address\n  - a bill\n  - or a letter\n- Pen\n\nSee you!",
        "Please bring: • ID card; • Proof of address: ◦ a bill; ◦ or a letter; • Pen | See you!",
    ),
    "a list with empty lines between its items": ("Q?\n\n* yes\n\n* no\n", "Q? | • yes; • no"),
    "list items of several lines": (
        "1) Call us\n   before noon\n2) Wait.\n   We call back\nThank you",
        "1) Call us before noon; 2) Wait. We call back | Thank you",
    ),
    "headings": (
        "# Opening hours\nMon-Fri 9-5\n\n*Address*\n\n12 Long Street.\n\n---\n\nBye",
        "*Opening hours*: Mon-Fri 9-5 | *Address*: 12 Long Street. | Bye",
    ),
    "the lines of an address": (
        "Come to\nMain Clinic\n12 Long Street\nCape Town",
        "Come to / Main Clinic / 12 Long Street / Cape Town",
    ),
    "a sentence on two lines": ("Bring your card\nand a pen.\nThank you!", "Bring your card and a pen. Thank you!"),
    "lines that end with an emoji": ("Hello Thandi! 👋\nWelcome back", "Hello Thandi! 👋 Welcome back"),
    "a code block": (
        "Run this:\n\n```\ndef f(x):\n    return x\n\nf(1)\n```\n\nThen reply.",
        "Run this: ```def f(x): ↵ return x ↵ f(1)``` | Then reply.",
    ),
    "links, which punctuation would spoil": (
        "- Map: https://example.com/map\n- Form: https://example.com/form\n- Phone",
        "• Map: https://example.com/map • Form: https://example.com/form • Phone",
    ),
    "every kind of white space": (
        "a\tb\u00a0c    d\u3000e\r\nf\u0085g\u2028h\u2029I\x0bj\x0ck",
        "a b c d e f g h | I j k",
    ),
    "controls and characters of no width": ("\ufeffa\u200bb\x00c\u2060d\u200e \u00ade\x1bf", "abcd ef"),
    "an emoji that is joined": (f"{FAMILY}\u200d ok", f"{FAMILY} ok"),
    "a Persian word that is not joined": ("\u200cمی\u200cروم\u200c قم", "می\u200cروم قم"),
    "a Malayalam word that ends with a joiner": ("അവന്\u200d പോയി", "അവന്\u200d പോയി"),
    "a single line, whatever it looks like": ("  - 3  is  less than  0\n", "- 3 is less than 0"),
    "nothing": ("", "…"),
    "nothing but what nobody sees": (" \n\u200b\u200d\ufe0f\u2800 ", "…"),
    "nothing but an empty code block": ("```\n\n```", "…"),
}


@pytest.mark.parametrize(("answer", "line"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_readable_on_one_line(answer: str, line: str) -> None:
    assert fit(answer) == line


ANYTHING = st.text(st.sampled_from("abc. 1)\n\t-*_#`~:|/•\u200d\u200b👩\u0301") | st.characters(), max_size=200)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "  ", "    ", "\t"]),
        st.sampled_from(["", "- ", "* ", "2. ", "# ", "```", "> "]),
        st.lists(
            st.sampled_from(["foo", "Bar", "*bold*", "x.", "so:", "https://example.com/a", "👍🏽"]), max_size=5
        ).map(" ".join),
    ).map("".join),
    max_size=12,
).map("\n".join)


@given(ANYTHING | LINES)
def test_what_is_fit_meets_the_rules_of_meta(text: str) -> None:
    line = fit(text)
    assert line == " ".join(line.split())
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u2060\ufeff]", line)
    assert not is_blank(line)


@given(ANYTHING | LINES)
def test_what_is_fit_stays_as_it_is(text: str) -> None:
    assert fit(fit(text)) == fit(text)


@given(LINES)
def test_no_word_is_lost(text: str) -> None:
    assert re.findall(r"[^\W_]+", fit(text)) == re.findall(r"[^\W_]+", text)


PIECES: dict[str, tuple[str, int, int | None, list[str]]] = {
    "at words": ("one two three four", 9, None, ["one two", "three", "four"]),
    "not at all where it fits": ("one two\nthree", 13, None, ["one two three"]),
    "in a word longer than a piece": ("ab " + "c" * 12, 10, None, ["ab ccccccc", "ccccc"]),
    "before a word longer than a piece": ("abcdef " + "c" * 12, 10, None, ["abcdef", "c" * 10, "cc"]),
    "before a link": ("see https://example.com/a now", 21, None, ["see", "https://example.com/a", "now"]),
    "before a number or bullet of a list": (
        "Do:\n1. one\n2. two\n- three",
        16,
        None,
        ["Do: 1. one;", "2. two; • three"],
    ),
    "without what stood between paragraphs": ("One.\n\nTwo.\n\nThree.", 13, None, ["One. | Two.", "Three."]),
    "inside a marked passage": (
        "we say *some bold words here* twice",
        18,
        None,
        ["we say *some bold*", "*words here* twice"],
    ),
    "inside code": ("```\nx = 1\ny = 2\nz = 3\n```", 20, None, ["```x = 1 ↵ y = 2```", "```z = 3```"]),
    "between characters as people see them": (FAMILY * 2, 10, None, [FAMILY, FAMILY]),
    "inside such a character, but never to nothing visible": (FAMILY, 1, None, ["👩", "👩", "👧", "👦"]),
    "to no more than is allowed": ("one two three four", 9, 2, ["one two", "three…"]),
    "to one": ("one two, three four", 9, 1, ["one two…"]),
    "to what is allowed with nothing left out": ("one two three", 9, 2, ["one two", "three"]),
    "to one in no room": ("one two", 1, 1, ["…"]),
    "from nothing": ("\n", 9, 1, ["…"]),
}


@pytest.mark.parametrize(("text", "size", "most", "expected"), PIECES.values(), ids=PIECES)
def test_a_long_line_is_cut(text: str, size: int, most: int | None, expected: list[str]) -> None:
    assert pieces(text, size, most) == expected


def test_a_piece_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        pieces("one", 0)


@given(ANYTHING | LINES, st.integers(1, 80), st.none() | st.integers(1, 4))
def test_every_piece_fits_and_is_fit(text: str, size: int, most: int | None) -> None:
    found = pieces(text, size, most)
    assert 0 < len(found) <= (most or len(found))
    assert all(len(piece) <= size and fit(piece) == piece for piece in found)


@given(LINES, st.integers(56, 99))
def test_no_word_is_lost_nor_cut_in_pieces(text: str, size: int) -> None:
    assert re.findall(r"\w+", " ".join(pieces(text, size))) == re.findall(r"\w+", fit(text))


@given(LINES, st.integers(20, 80), st.integers(1, 3))
def test_the_last_piece_tells_whether_something_is_left_out(text: str, size: int, most: int) -> None:
    whole, capped = pieces(text, size), pieces(text, size, most)
    if len(whole) > most:
        assert capped[:-1] == whole[: most - 1]
        assert capped[-1].endswith("…")
    else:
        assert capped == whole


@given(st.lists(st.sampled_from([FAMILY, "🇿🇦", "👍🏽", "é", "क्षि", "각"]), min_size=1).map("".join), st.integers(8, 40))
def test_what_people_see_as_one_character_is_not_torn(text: str, size: int) -> None:
    seen = [character for piece in pieces(text, size) for character in regex.findall(r"\X", piece)]
    assert seen == regex.findall(r"\X", fit(text))


@pytest.mark.parametrize(
    "unit", ["a word ", "a", "漢", "- an item\n", "*a _b ", "``` a ", "e\u0301", "1. ", "\u200d", FAMILY]
)
def test_the_time_grows_with_the_length_alone(unit: str) -> None:
    begun = process_time()
    pieces(unit * (1_000_000 // len(unit)), 974)
    assert process_time() - begun < 4  # takes about 0.6 s; what grows with the square would take minutes


ROOMS: dict[str, tuple[str | None, int]] = {
    "unknown": (None, 974),
    "the variable alone": ("{{bot_message}}", 974),
    "few words": ("There is an update: {{bot_message}}\n\nReply to continue.", 974),
    "fifty characters": ("x" * 50 + "{{bot_message}}", 974),
    "one more": ("x" * 51 + "{{ bot_message }}", 973),
    "many words": ("x" * 600 + "{{bot_message}}", 424),
    "all there is": ("x" * 1024 + "{{bot_message}}", 1),
}


@pytest.mark.parametrize(("body", "left"), ROOMS.values(), ids=ROOMS)
def test_the_room_is_what_the_templates_own_words_leave(body: str | None, left: int) -> None:
    assert room(body) == left
