"""What is made of what was measured."""

from xml.etree import ElementTree

import pytest

from bench import picture, report
from bench.figures import Figure, Found
from bench.meta.client import Sent, percentile
from bench.rows import sending


def figure(value: float, *, bar: float | None = 50, aim: float | None = 10, less: bool = True) -> Figure:
    return Figure(key="it", what="it", value=value, unit="ms", bar=bar, aim=aim, less_is_better=less)


class TestVerdicts:
    @pytest.mark.parametrize(("value", "verdict"), [(10, "aim"), (10.1, "bar"), (50, "bar"), (50.1, "UNDER")])
    def test_where_less_is_better(self, value: float, verdict: str) -> None:
        assert figure(value).verdict == verdict

    @pytest.mark.parametrize(("value", "verdict"), [(1.0, "aim"), (0.99, "bar"), (0.5, "bar"), (0.49, "UNDER")])
    def test_where_more_is_better(self, value: float, verdict: str) -> None:
        assert figure(value, bar=0.5, aim=1.0, less=False).verdict == verdict

    def test_without_a_bar_the_aim_decides_and_without_both_nothing_does(self) -> None:
        assert figure(11, bar=None).verdict == "UNDER"
        assert figure(11, bar=None, aim=None).verdict == ""


class TestSending:
    def test_the_most_of_any_second_is_found_wherever_the_second_begins(self) -> None:
        moments = [0.0, 0.9, 1.0, 1.5, 1.89, 5.0]
        assert sending.most([Sent(moment, "1", "a") for moment in moments]) == 4
        assert sending.most([Sent(moment, "1", "a") for moment in (0.0, 1.0, 2.0)]) == 1

    def test_numbers_are_counted_apart(self) -> None:
        sent = [Sent(place / 10, str(place % 2), "a") for place in range(10)]
        assert (sending.most(sent), sending.most_of_a_number(sent)) == (10, 5)

    def test_the_rate_is_that_of_the_time_between_the_first_second_and_the_end(self) -> None:
        burst = [Sent(0.0, "1", "a")] * 50
        assert sending.rate([*burst, *(Sent(1 + place / 40, "1", "a") for place in range(400))]) == pytest.approx(40)


def test_percentiles_are_of_what_was_measured() -> None:
    values = list(range(1, 101))
    assert [percentile(values, share) for share in (50, 99, 100)] == [50, 99, 100]
    assert percentile([7.0], 99) == 7.0


def test_the_table_has_a_line_for_each_figure_and_says_who_disturbed() -> None:
    table = report.table({"one": Found(figures=[figure(9), figure(60)], others=0.3)})
    assert [line.split() for line in table.splitlines()[1:3]] == [
        ["it", "9", "ms", "50", "10", "aim"],
        ["it", "60", "ms", "50", "10", "UNDER"],
    ]
    assert "one 30%" in table


def test_the_picture_is_well_formed_and_longer_where_it_is_better() -> None:
    root = ElementTree.fromstring(picture.svg([figure(9), figure(60), figure(10_000)], "<Bench> & more"))  # noqa: S314 - our own
    bars = [element for element in root.iter() if element.tag.endswith("rect")][1:]
    lengths = [float(bar.attrib["width"]) for bar in bars]
    assert lengths[0] > lengths[1] > lengths[2] == 0
