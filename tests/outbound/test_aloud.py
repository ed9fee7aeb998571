"""What of a text is spoken, and what one has to see as well."""

import pytest

from channels_app.outbound import aloud


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We open at *eight*, _not_ at ~seven~.", "We open at eight, not at seven."),
        ("*_Both_*", "Both"),
        ("```code``` and `more`", "code and more"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("* one\n* two\n- three\n• four\n> five", "one\ntwo\nthree\nfour\nfive"),
        ("See https://example.org/hours?day=1#x.", "See example.org"),
        ("Go to www.example.org now", "Go to example.org now"),
        ("Good 👍🏽 day 🇿🇦 👨‍👩‍👧 №1 #1 * ©", "Good day №1 #1 * ©"),
        ("1️⃣ first", "1 first"),
        ("  a\t b  ", "a b"),
        ("😀", ""),
    ],
)
def test_words_are_said_without_marks_pictures_and_paths(text: str, said: str) -> None:
    assert aloud.words(text) == said


@pytest.mark.parametrize("text", ["", "😀", "…", "* * *", "x" * 4097])
def test_what_has_no_words_or_too_many_is_not_said(text: str) -> None:
    assert not aloud.can_be_said(text)


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("Yes", False),
        ("x" * 501, True),
        ("https://example.org", True),
        ("HTTP://example.org", True),
        ("e.g. org", False),
    ],
)
def test_long_texts_and_addresses_are_read(text: str, is_read: bool) -> None:
    assert aloud.is_to_be_read(text) is is_read
