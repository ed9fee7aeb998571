"""The dashboard: what is counted, and who sees it."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from channels_app import clock, notices
from channels_app.errors import Problem
from channels_app.figures import keeping, spans
from channels_app.figures.counts import Counts, as_kept
from channels_app.inbound import handover
from channels_app.models import Channel, Conversation, CountedDay, Message, User
from channels_app.web.dashboard import charts
from channels_app.web.dashboard.charts import Seconds, Series, Unit
from tests.fixtures import (
    FakeGraph,
    Post,
    Work,
    change,
    make_channel,
    notification,
    ours,
    refusal,
    status,
    text,
)
from tests.web.test_inbox import signed_in

URL = "/t/clinic/dashboard/"


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


@pytest.mark.django_db(transaction=True)
class TestThePage:
    @pytest.fixture(autouse=True)
    def _messages(self, post: Post, work: Work, channel: Channel, graph: FakeGraph) -> None:
        graph.answers = [(200, graph.accept({"to": "+27831234567"}, "wamid.out.9")), refusal(131026)]
        for wamid in ("a", "b"):
            post(notification(change(text("Hello", wamid))))
            work()
        post(notification(change(statuses=[status("wamid.out.9", "read")])))
        work()

    def test_counts_what_passed(self, bob: User) -> None:
        found = signed_in(bob).get(URL).context
        counts = found["all"]
        assert (counts.inbound, counts.outbound, counts.delivered, counts.read, counts.failed) == (2, 1, 1, 1, 1)
        assert counts.meant == 2
        assert found["by_day"][0].counts.inbound == 2
        assert [line.name for line in found["by_channel"]] == ["Front desk"]
        assert [(reason.code, reason.count) for reason in found["reasons"]] == [(131026, 1)]
        assert sum(counts.spans) == 1

    def test_tells_how_long_answers_took(self, bob: User) -> None:
        asked = theirs_first()
        answer = ours()[0]
        Message.objects.filter(pk=answer.pk).update(sent_at=asked.created_at + timedelta(seconds=50))
        found = signed_in(bob).get(URL).context["all"]
        assert 45 <= found.median <= 60

    def test_days_that_are_over_are_counted_once(self, bob: User) -> None:
        client = signed_in(bob)
        client.get(URL)
        Message.objects.filter(direction="inbound").delete()
        assert client.get(URL).context["all"].inbound == 2
        cache.clear()
        assert client.get(URL).context["all"].inbound == 0

    def test_asks_as_little_for_three_months(self, bob: User) -> None:
        client = signed_in(bob)
        keeping.count_days()
        for days in ("7", "90"):
            cache.clear()
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(URL, {"days": days})
            assert len(answer.context["by_day"]) == int(days)
            assert len(asked) <= 16

    def test_what_is_kept_of_a_channel_goes_with_it(self, bob: User, channel: Channel) -> None:
        keeping.count_days()
        CountedDay.objects.filter(day=clock.now().date() - timedelta(days=1)).update(
            figures=as_kept({channel.pk.hex: Counts(inbound=5), uuid4().hex: Counts(inbound=7)})
        )
        assert signed_in(bob).get(URL).context["all"].inbound == 2 + 5

    def test_speaks_french(self, bob: User) -> None:
        client = signed_in(bob)
        client.cookies["django_language"] = "fr"
        with translation.override(None), time_machine.travel("2026-02-03T10:00Z", tick=False):
            found = client.get(URL).context["by_day"]
        assert [line.name for line in found][::6] == ["3 fév.", "28 jan."]

    def test_may_be_of_one_channel(self, bob: User, channel: Channel) -> None:
        other = make_channel(channel.provider, "2", bot=channel.bot, phone_number="+27600550002")
        counted = [
            signed_in(bob).get(URL, {"channel": str(pk)}).context["all"].inbound for pk in (channel.pk, other.pk)
        ]
        assert counted == [2, 0]

    @pytest.mark.parametrize("asked", [{"channel": str(uuid4())}, {"days": "8"}, {"days": "x", "channel": "y"}])
    def test_nonsense_is_told_so(self, bob: User, asked: dict[str, str]) -> None:
        answer = signed_in(bob).get(URL, asked)
        assert (answer.status_code, "field-error" in answer.content.decode()) == (200, True)

    def test_what_needs_attention_stands_on_top(self, bob: User, channel: Channel) -> None:
        Conversation.objects.update(**handover.columns("Help"))
        notices.tell(channel.provider, notices.ACCESS, Problem(code=190, title="The token is dead."))
        page = signed_in(bob).get(URL).content.decode()
        assert "The token is dead." in page
        assert "1</span>conversation waits for a person" in page
        assert "1</span>conversation in which something failed" in page

    def test_the_overview_says_the_same(self, bob: User, channel: Channel) -> None:
        Conversation.objects.update(**handover.columns("Help"))
        page = signed_in(bob).get("/t/clinic/").content.decode()
        assert "1</span>conversation waits for a person" in page
        assert "1</span>conversation in which something failed" in page

    def test_strangers_find_nothing(self, charlie: User) -> None:
        assert signed_in(charlie).get(URL).status_code == 404


def theirs_first() -> Message:
    found: Message = Message.objects.filter(direction="inbound").earliest("id")
    return found


class TestSpans:
    def test_percentiles_lie_between_steps(self) -> None:
        counts = [0] * spans.KINDS
        for seconds in (0.2, 0.7, 1.2, 1.7, 2.2, 2.7, 3.5, 4.5, 5.5, 100):
            counts[spans.step_of(seconds)] += 1
        assert spans.percentile(counts, 0.5) == pytest.approx(2.5, abs=0.5)
        assert 90 <= (spans.percentile(counts, 0.95) or 0) <= 120
        assert spans.percentile([0] * spans.KINDS, 0.5) is None

    @pytest.mark.parametrize(("seconds", "step"), [(0, 0), (0.5, 1), (86_399, 27), (86_400, 28), (10**9, 28)])
    def test_every_span_has_its_step(self, seconds: float, step: int) -> None:
        assert spans.step_of(seconds) == step

    def test_days_add_up(self) -> None:
        assert spans.total([(1,) * spans.KINDS, (2,) * spans.KINDS])[0] == 3
        assert sum(spans.total([])) == 0


class TestCharts:
    @pytest.mark.parametrize("highest", [0, 1, 3, 4, 9, 10, 99, 12_345, 10**9])
    def test_bars_stay_within_the_picture(self, highest: int) -> None:
        drawn = charts.bars([Series(kind="inbound", values=[highest, None, 0], words=["a"] * 3)], ["x"] * 3, Unit())
        assert all(bar.y >= 0 and bar.y + bar.height <= drawn.base + 0.2 for bar in drawn.bars)
        assert drawn.is_empty == (highest == 0)
        assert Unit().above(highest) >= highest

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(None, "\u2013"), (0.4, "0.4 s"), (3.0, "3 s"), (59, "59 s"), (600, "10 min"), (86_400, "24 h")],
    )
    def test_spans_are_told_shortly(self, seconds: float | None, words: str) -> None:
        assert charts.span(seconds) == words
        assert Seconds().words(60) == "60 s"

    def test_spans_are_told_as_the_language_writes_numbers(self) -> None:
        with translation.override("fr"):
            assert [charts.span(seconds) for seconds in (0.9, 2, 150)] == ["0,9 s", "2 s", "2,5 min"]

    @pytest.mark.parametrize("days", [1, 7, 30, 90])
    def test_labels_stay_within_the_picture(self, days: int) -> None:
        nothing = Series(kind="inbound", values=[1] * days, words=["a"] * days)
        drawn = charts.bars([nothing], ["29 Nov"] * days, Unit())
        assert all(label.x + charts.LABEL / 2 <= drawn.width for label in drawn.labels if label.anchor == "middle")
        assert drawn.labels[-1].x <= drawn.width
