"""Markdown as WhatsApp shows it."""

import pytest

from channels_app.outbound.marking import mark

CASES: list[tuple[str, str]] = [
    ("Nothing to mark, 5 > 3 said she: 10 - 4.", "Nothing to mark, 5 > 3 said she: 10 - 4."),
    ("**bold** and __bold__", "*bold* and *bold*"),
    ("*italic* and _italic_", "_italic_ and _italic_"),
    ("***both***", "_*both*_"),
    ("~~gone~~", "~gone~"),
    ("**bold *italic* and ~~gone~~ bold**", "*bold _italic_ and ~gone~ bold*"),
    ("**a **b** c**", "*a b c*"),
    ("**Note:** read", "*Note:* read"),
    ("**two\nlines**", "*two*\n*lines*"),
    ("un**believ**able", "unbelievable"),
    ("2**3 = 8 and 2*3*4", "2**3 = 8 and 2*3*4"),
    ("snake_case_name", "snake_case_name"),
    ("**5 * 3**", "5 * 3"),
    (r"\*not bold\*", "*not bold*"),
    ("`x = 1` and ``a`b``", "`x = 1` and ```a`b```"),
    ("```python\nx = 1\n  y\n```", "```\nx = 1\n  y\n```"),
    ("```not a language\nx\n```", "```\nnot a language\nx\n```"),
    ("~~~\n```\nx\n~~~", "```\nx"),
    ("# Title", "*Title*"),
    ("## **Title** with `code`", "*Title with `code`*"),
    ("Title\n=====\n\nText", "*Title*\n\nText"),
    ("# Title\nText", "*Title*\nText"),
    ("[our page](https://example.org/a_b)", "our page: https://example.org/a_b"),
    ('[our page](https://example.org "The best")', "our page (The best): https://example.org"),
    ("[https://example.org](https://example.org)", "https://example.org"),
    ("https://example.org/a_b_c*d*e", "https://example.org/a_b_c*d*e"),
    ("https://example.org/ü", "https://example.org/ü"),
    ("<https://example.org> <me@example.org>", "https://example.org me@example.org"),
    ("![a map](https://example.org/map.png)", "a map: https://example.org/map.png"),
    ("[text][ref]\n\n[ref]: https://example.org", "[text][ref]\n\n[ref]: https://example.org"),
    ("- one\n- two\n  - three\n- four", "- one\n- two\n  - three\n- four"),
    ("* one\n+ two", "- one\n\n- two"),
    ("3. three\n4. four", "3. three\n4. four"),
    ("1) one\n2) two", "1) one\n2) two"),
    ("Options:\n- one\n- two\n\nWhich?", "Options:\n- one\n- two\n\nWhich?"),
    ("1. one\n\n   more\n\n   ```\n   code\n   ```", "1. one\n   more\n```\ncode\n```"),
    ("- [ ] open\n- [x] done", "- [ ] open\n- [x] done"),
    ("> said\n> > before\n\nMe", "> said\n> before\n\nMe"),
    ("| Tea | Price |\n|---|---|\n| Rooibos | **3** |\n| | 4 |", "*Tea · Price*\nRooibos · *3*\n— · 4"),
    ("one\n\n\n\ntwo **x**", "one\n\ntwo *x*"),
    ("one<br>two <b>three</b> & AT&amp;T", "one\ntwo <b>three</b> & AT&T"),
    ("https://example.org/?a=1&copy=2", "https://example.org/?a=1&copy=2"),
    ("    indented in a program\n    and on", "indented in a program\nand on"),
    ("**重要** 看这里", "*重要* 看这里"),
    ("---", "---"),
    ("", ""),
]


@pytest.mark.parametrize(("markdown", "marked"), CASES)
def test_markdown_becomes_what_whatsapp_shows(markdown: str, marked: str) -> None:
    assert mark(markdown) == marked


def test_a_long_text_is_marked_in_stretches_that_cut_no_code() -> None:
    code = "```\n" + "\n\n".join(f"x = {number}" for number in range(900)) + "\n```"
    text = "\n\n".join([*(f"**{number}** {'word ' * 30}" for number in range(90)), code, "**end**"])
    marked = mark(text)
    assert marked.startswith("*0* word")
    assert marked.endswith("*end*")
    assert (marked.count("```"), "**" in marked) == (2, False)


def test_a_long_list_without_an_empty_line_is_marked_line_by_line() -> None:
    text = "\n".join(f"- **{number}** {'word ' * 20}" for number in range(200))
    marked = mark(text)
    assert "**" not in marked
    assert [line[:2] for line in marked.split("\n")] == ["- "] * 200


@pytest.mark.parametrize("length", [5000, 9000])
def test_what_is_bold_for_longer_than_a_message_goes_without_marks(length: int) -> None:
    words = ("word " * (length // 5)).strip()
    assert mark(f"**{words}** end") == f"{words} end"


def test_what_never_ends_is_left_as_it_is() -> None:
    endless = "[a](" * 30_000
    assert mark(endless) == endless


@pytest.mark.parametrize(
    "text",
    ["*" * 5000, "[" * 5000, "> " * 2000, "`" * 5001, "**a " * 2000, "- " * 3000, "_a" * 5000, "|" * 5000, "<" * 5000],
)
def test_odd_text_loses_nothing_but_marks(text: str) -> None:
    assert "".join(filter(str.isalpha, mark(text))) == "".join(filter(str.isalpha, text))
