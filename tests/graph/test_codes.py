import re
from collections.abc import Iterator

import pytest

from channels_app.graph import errors
from channels_app.graph.errors import Refused
from tests.graph.conftest import DATA
from tests.graph.test_errors import refused

BY_CLASS: dict[str, type[Refused]] = {
    "retry": errors.TryAgain,
    "throttle": errors.Throttled,
    "window": errors.WindowClosed,
    "perm": errors.RecipientRefused,
    "ours": errors.BadRequest,
    "by": errors.BadRequest,  # 131053, by details
    "operator": errors.OperatorNeeded,
    "-": Refused,
    "read": Refused,
}
# What stops a provider or a number altogether, what is a template's matter, and what is both throttled and told.
BY_DESIGN: dict[type[Refused], set[int]] = {
    errors.AccountBlocked: {0, 3, 10, 102, 190, *range(200, 300), 368, 131005, 131031, 131042},
    errors.NumberBlocked: {33, 131045, 133010},
    errors.TemplateRefused: {132000, 132001, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069},
    errors.TemplateTooLong: {132005},
    errors.RateWarning: {131048},
}


def rows() -> Iterator[tuple[str, str]]:
    for line in (DATA / "codes.md").read_text().splitlines():
        if re.match(r"\| \d", line):
            cells = [cell.strip() for cell in line.split("|")]
            yield re.sub(r"(or )?100 \(.*\)", "", cells[1]), cells[4]


def codes_in(cell: str) -> Iterator[int]:
    for first, last, hundred in re.findall(r"(\d+)(?:-(\d+)|(xx))?", cell):
        if hundred:
            yield from range(int(first) * 100, int(first) * 100 + 100)
        else:
            yield from range(int(first), int(last or first) + 1)


def expected() -> dict[int, type[Refused]]:
    found: dict[int, type[Refused]] = {}
    for cell, classes in rows():
        codes = list(codes_in(cell))
        words = [part.split()[0].strip(",:") for part in classes.split(" / ") if part]
        words = words if len(words) == len(codes) else words * len(codes)
        found |= {code: BY_CLASS[word] for code, word in zip(codes, words, strict=True)}
    return found | {code: kind for kind, codes in BY_DESIGN.items() for code in codes}


EXPECTED = expected()


def test_the_table_was_read() -> None:
    assert len(EXPECTED) > 300
    assert {0, 100, 131056, 131200, 138018, 139103, 2593108} <= set(EXPECTED)


@pytest.mark.parametrize("code", sorted(EXPECTED))
def test_every_code_has_its_class_wherever_it_stands(code: int) -> None:
    assert type(refused({"code": code})) is EXPECTED[code]
    assert (
        type(refused({"code": str(code)}, http_status=500 if EXPECTED[code] is not Refused else 400)) is EXPECTED[code]
    )
    assert type(Refused.from_webhook({"code": code, "title": "t"})) is EXPECTED[code]


def test_no_code_belongs_to_two_classes_unless_one_is_the_others_heir() -> None:
    for code in EXPECTED:
        claimed = [kind for kind in errors.KINDS if code in kind.codes]
        assert all(issubclass(claimed[0], kind) for kind in claimed), code


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    every = [errors.Unreachable, *errors.Unreachable.__subclasses__(), Refused, *errors.KINDS]
    assert drawn == {kind.__name__ for kind in every}
