"""A phone number is known again in whatever form it was typed or is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_app.gateways.meta import numbers

TYPED: dict[str, str] = {
    "+27 60 055 1234": "+27600551234",
    "27600551234": "+27600551234",
    "0027 60 055 1234": "+27600551234",
    "+27-60.055/1234": "+27600551234",
    "+27\u00a060\u2011055\u22121234": "+27600551234",
    "\u202a+27 60 055 1234\u202c\n": "+27600551234",
    "(+27) 60 055 1234": "+27600551234",
    "tel:+27-60-055-1234;ext=5": "+27600551234",
    "whatsapp:+27600551234": "+27600551234",
    "+44 (0)20 5550 0018": "+442055500018",
    "0044(0)20 5550 0018": "+442055500018",
    "+1 (555) 078-3881": "+15550783881",
    "\uff0b\uff12\uff17 \uff16\uff10 \uff10\uff15\uff15 \uff11\uff12\uff13\uff14": "+27600551234",
    "\u0660\u0660\u0662\u0667 \u0666\u0660 \u0660\u0665\u0665 \u0661\u0662\u0663\u0664": "+27600551234",
    "+12345": "+12345",
    "+123456789012345": "+123456789012345",
}

AT_HOME: list[tuple[str, str, str]] = [
    ("060 055 1234", "ZA", "+27600551234"),
    ("27 60 055 1234", "ZA", "+27600551234"),
    ("(555) 078-3881", "US", "+15550783881"),
    ("011 15 5550-6789", "AR", "+5491155506789"),
    ("+1 555 078 3881", "ZA", "+15550783881"),
    ("0027 60 055 1234", "BR", "+27600551234"),
    ("27600551234", "XX", "+27600551234"),
]

REFUSED: dict[str, str] = {
    "": "not a phone number",
    "+": "not a phone number",
    "0800 FLOWERS": "no letters",
    "ZA.48213907715526": "no letters",
    "+1 555 078 3881 ext 5": "no letters",
    "27+60 055 1234": "“\\+” there",
    "*120*555#": "“\\*” there",
    "1234": "at least 5",
    "+1234567890123456": "at most 15",
    "060 055 1234": "no country code",
}


@pytest.mark.parametrize(("typed", "number"), TYPED.items(), ids=ascii)
def test_any_usual_form_becomes_e164(typed: str, number: str) -> None:
    assert numbers.e164(typed) == number
    assert numbers.looks_like_number(typed)


@pytest.mark.parametrize(("typed", "region", "number"), AT_HOME)
def test_a_region_lends_its_country_code(typed: str, region: str, number: str) -> None:
    assert numbers.e164(typed, region) == number


@pytest.mark.parametrize(("typed", "reason"), REFUSED.items())
def test_what_is_no_number_is_refused_with_a_sentence(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"{reason}.*country code, such as"):
        numbers.e164(typed)


@pytest.mark.parametrize("text", ["", "hello", "ZA.48213907715526", "1234", "1234567890123456", "1+23456"])
def test_not_everything_looks_like_a_number(text: str) -> None:
    assert not numbers.looks_like_number(text)


@pytest.mark.parametrize("text", ["060 055 1234", "(555) 078-3881", "118930421775604"])
def test_a_number_without_country_code_looks_like_one(text: str) -> None:
    assert numbers.looks_like_number(text)


def test_digits_are_those_of_any_script() -> None:
    assert numbers.digits("+٢٧ (6\uff10) abc ²") == "2760"


LINES: dict[str, set[str]] = {
    "Brazil": {"5541955508888", "554155508888"},
    "Mexico": {"525555501234", "5215555501234"},
    "Buenos Aires": {"541155506789", "5491155506789", "54111555506789", "549111555506789"},
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_each_form_of_a_line_knows_all_others(line: set[str]) -> None:
    assert all(numbers.variants(form) == line for form in line)


@pytest.mark.parametrize("written", ["54351155550678", "54296615555067"])
def test_the_15_of_argentina_stands_behind_an_area_code_of_three_or_four_digits(written: str) -> None:
    plain = written.replace("15", "", 1)
    assert numbers.same_line(written, plain)
    assert numbers.same_line(written, f"549{plain[2:]}")


@pytest.mark.parametrize(
    "alone",
    [
        "15550783881",
        "27600551234",
        "55419555088881",
        "5541855508888",
        "52555550123",
        "5225555501234",
        "54115550678",
        "54111655506789",
        "5481155506789",
        "",
    ],
)
def test_other_numbers_have_one_form(alone: str) -> None:
    assert numbers.variants(alone) == {alone}


def test_the_same_line_is_seen_through_any_writing() -> None:
    assert numbers.same_line("+55 (41) 95550-8888", "554155508888")
    assert not numbers.same_line("+55 41 95550-8888", "+55 41 95550-8889")


SHOWN = ("+27 60 055 1234", "+27 60 055 9999", "+1 555-078-3881", "+1 555-555-9999", "+55 41 5550-8888")

FOUND: dict[str, str | None] = {
    "+27 60 055 1234": "+27 60 055 1234",
    "27600551234": "+27 60 055 1234",
    "0027 (0)60 055 1234": "+27 60 055 1234",
    "060 055 1234": "+27 60 055 1234",
    "(0)60 055 1234": "+27 60 055 1234",
    "55 1234": None,
    "051 234": None,
    "+1 555 078 3881": "+1 555-078-3881",
    "(555) 078-3881": "+1 555-078-3881",
    "078-3881": "+1 555-078-3881",
    "+078 3881": None,
    "+55 41 95550-8888": "+55 41 5550-8888",
    "(041) 95550-8888": "+55 41 5550-8888",
    "+27 60 055 1235": None,
    "118930421775604": None,
    "Cape Clinic": None,
    "": None,
}


@pytest.mark.parametrize(("typed", "number"), FOUND.items())
def test_the_number_typed_is_found_among_those_shown(typed: str, number: str | None) -> None:
    assert numbers.find(typed, SHOWN, key=str) == number


def test_the_very_digits_win_over_another_form_of_the_line() -> None:
    shown = ["+54 11 5550-6789", "+54 9 11 5550-6789"]
    assert numbers.find("+5491155506789", shown, key=str) == shown[1]
    assert numbers.find("+54 11 15 5550-6789", shown, key=str) is None


def test_a_number_without_country_code_is_not_guessed_between_two() -> None:
    assert numbers.find("060 055 1234", ["+27 60 055 1234", "+263 60 055 1234"], key=str) is None


def test_an_argentinian_number_is_found_as_it_is_dialled_at_home() -> None:
    assert numbers.find("011 15 5550-6789", ["+54 9 11 5550-6789"], key=str) == "+54 9 11 5550-6789"


def test_what_is_found_is_what_was_shown() -> None:
    rows = [{"id": "1", "number": "+27 60 055 1234"}, {"id": "2", "number": "+27 60 055 9999"}]
    assert numbers.find("+27600559999", rows, key=lambda row: row["number"]) is rows[1]


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("27600551234", "+27 60 055 1234"),
        ("15550783881", "+1 555-078-3881"),
        ("5541955508888", "+55 41 95550-8888"),
        ("54111555506789", "+54111555506789"),
        ("999123456", "+999123456"),
        ("", ""),
    ],
)
def test_a_number_is_shown_as_people_write_it(digits: str, shown: str) -> None:
    assert numbers.display(digits) == shown


PLAIN = st.from_regex(r"[1-9][0-9]{4,14}", fullmatch=True, alphabet="0123456789") | st.from_regex(
    r"(55|52|54)[1-9]{8,13}", fullmatch=True, alphabet="0123456789"
)


@given(PLAIN)
def test_showing_a_number_keeps_its_digits(plain: str) -> None:
    assert numbers.digits(numbers.display(plain)) == plain
    assert numbers.e164(numbers.display(plain)) == f"+{plain}"


@given(PLAIN, PLAIN)
def test_being_the_same_line_goes_both_ways(a: str, b: str) -> None:
    assert numbers.same_line(a, a)
    assert numbers.same_line(a, b) == numbers.same_line(b, a)
    assert all(numbers.same_line(form, a) for form in numbers.variants(a))


@given(PLAIN, st.lists(st.sampled_from(" .-[]/\u200e\u00a0"), min_size=15, max_size=15))
def test_filling_changes_nothing(plain: str, filling: list[str]) -> None:
    typed = "+" + "".join(digit + filler for digit, filler in zip(plain, filling, strict=False))
    assert numbers.find(typed, [plain], key=str) == plain


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = numbers.e164(text)
    except ValueError:
        return
    assert number.startswith("+")
    assert 5 <= len(number[1:]) <= 15
    assert number[1:].isascii()
    assert numbers.looks_like_number(text)
