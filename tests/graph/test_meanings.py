import pytest

from channels_app.graph.meanings import MEANINGS, SUBCODES, UNKNOWN, UNSAID, Meaning, explain
from tests.graph.test_codes import EXPECTED

TOKEN_SUBCODES = [458, 459, 460, 463, 464, 467, 492]


@pytest.mark.parametrize("code", sorted(EXPECTED))
def test_every_code_has_a_meaning_and_an_advice(code: int) -> None:
    meaning = explain(code)
    assert meaning is not UNKNOWN
    assert meaning == MEANINGS[code]


@pytest.mark.parametrize(
    "meaning", {*MEANINGS.values(), *SUBCODES.values(), UNKNOWN, UNSAID}, ids=lambda it: it.title[:40]
)
def test_a_meaning_is_two_sentences(meaning: Meaning) -> None:
    for sentence in (meaning.title, meaning.advice):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert ". " not in sentence
        assert "WABA" not in sentence


@pytest.mark.parametrize("subcode", TOKEN_SUBCODES)
def test_a_dead_token_says_why(subcode: int) -> None:
    assert explain(190, subcode).title != explain(190).title


def test_an_unknown_subcode_falls_back_to_its_code() -> None:
    assert explain(190, 1) == explain(190)


@pytest.mark.parametrize("code", [999999, 10**30, 5])
def test_an_unknown_code_gets_an_answer_too(code: int) -> None:
    assert explain(code, 7, "whatever") == UNKNOWN


def test_a_refusal_without_code_points_at_what_stands_between() -> None:
    assert explain(-1) == UNSAID


@pytest.mark.parametrize(
    ("code", "detail", "word"),
    [
        (100, "Invalid appsecret_proof provided in the API argument", "different Meta apps"),
        (100, "API calls from the server require an appsecret_proof argument", "proof"),
        (132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces", "line break"),
        (131053, "Downloading media from weblink failed with http code 404", "address"),
    ],
)
def test_the_detail_decides_where_the_code_does_not(code: int, detail: str, word: str) -> None:
    assert word in explain(code, None, detail).title
    assert explain(code, None, detail) != explain(code)


def test_a_table_is_no_tab() -> None:
    assert explain(100, None, "No such table") == explain(100)
