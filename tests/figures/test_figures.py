"""Figures: what is counted of each day, and what is kept of it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels_app import clock, tasks
from channels_app.figures import counting, keeping, spans
from channels_app.figures.counts import Counts, as_kept, from_kept, total
from channels_app.models import Channel, Conversation, CountedDay, Delivery, Message, Participant, Team
from tests.fixtures import make_channel

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    cache.clear()
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def talk(channel: Channel) -> Conversation:
    return make_talk(channel, "1")


def make_talk(channel: Channel, wa_id: str) -> Conversation:
    person = Participant.objects.create(team=channel.team, portfolio="waba:1", wa_id=wa_id)
    talk: Conversation = Conversation.objects.create(team=channel.team, channel=channel, participant=person)
    return talk


def asked(talk: Conversation, at: datetime, status: str = "answered") -> Message:
    return _message(talk, at, direction="inbound", status=status, sent_at=at)


def said(talk: Conversation, at: datetime, status: str = "read", took: float | None = 0) -> Message:
    """`took` is how many seconds passed before it went out; it never did where there are none."""
    promise = Delivery.objects.create(
        team=talk.team, conversation=talk, source="bot", reply={}, created_at=at, expires_at=at + DAY
    )
    sent_at = None if took is None else at + timedelta(seconds=took)
    return _message(talk, at, direction="outbound", status=status, sent_at=sent_at, delivery=promise)


def _message(talk: Conversation, at: datetime, **fields: Any) -> Message:
    at_once = {"team": talk.team, "channel": talk.channel, "conversation": talk, "type": "text", "created_at": at}
    with time_machine.travel(at, tick=False):
        pk = clock.uuid7()
    message: Message = Message.objects.create(pk=pk, **at_once, **fields)
    return message


def figures_of(team: Team, count: int = 7) -> dict[date, Counts]:
    return {day: total(found.values()) for day, found in keeping.days_of(team, clock.now().date(), count).items()}


class TestCounting:
    def test_each_day_and_channel_has_its_own(self, talk: Conversation, channel: Channel, team: Team) -> None:
        other = make_talk(make_channel(channel.provider, "2", bot=channel.bot, phone_number="+27600550002"), "2")
        asked(talk, NOON - DAY)
        for status in ("accepted", "delivered", "read", "failed", "pending"):
            said(other, NOON, status)
        found = counting.counted(team, TODAY - DAY, TODAY)
        assert list(found) == [TODAY - DAY, TODAY]
        assert found[TODAY - DAY] == {channel.pk.hex: Counts(inbound=1)}
        (counts,) = found[TODAY].values()
        assert (counts.outbound, counts.delivered, counts.read, counts.failed, counts.meant) == (3, 2, 1, 1, 4)

    @pytest.mark.parametrize("second", [0, 86_399.999])
    def test_a_day_ends_at_midnight(self, talk: Conversation, team: Team, second: float) -> None:
        asked(talk, counting.midnight(TODAY) + timedelta(seconds=second), "ignored")
        for day, count in ((TODAY - DAY, 0), (TODAY, 1), (TODAY + DAY, 0)):
            assert total(counting.counted(team, day, day)[day].values()).inbound == count

    def test_an_answer_after_midnight_belongs_to_the_question(self, talk: Conversation, team: Team) -> None:
        asked(talk, counting.midnight(TODAY) - timedelta(seconds=10))
        said(talk, counting.midnight(TODAY), took=5)
        found = counting.counted(team, TODAY - DAY, TODAY - DAY)[TODAY - DAY]
        (counts,) = found.values()
        assert [step for step, count in enumerate(counts.spans) if count] == [spans.step_of(15)]

    def test_answers_are_told_from_what_never_went(self, talk: Conversation, team: Team) -> None:
        asked(talk, NOON)
        said(talk, NOON + timedelta(seconds=1), "failed", took=None)
        asked(talk, NOON + timedelta(seconds=2), "ignored")
        assert sum(figures_of(team)[TODAY].spans) == 0
        cache.clear()
        said(talk, NOON + timedelta(seconds=50))
        assert figures_of(team)[TODAY].spans[spans.step_of(50)] == 1

    def test_what_was_answered_is_found_among_much_else(self, channel: Channel, team: Team) -> None:
        """By a plain pass over the same messages, in Python."""
        dice, expected = Random(7), [0] * spans.KINDS
        for person in range(4):
            talk, waiting = make_talk(channel, str(person)), []
            at = NOON - 4 * DAY
            for _ in range(40):
                at += timedelta(seconds=dice.choice([1, 20, 400, 9000]))
                if dice.random() < 0.6:
                    status = dice.choice(["answered", "answered", "ignored"])
                    asked(talk, at, status)
                    waiting += [at] if status == "answered" else []
                elif dice.random() < 0.8:
                    said(talk, at)
                    for began in waiting:
                        expected[spans.step_of((at - began).total_seconds())] += 1
                    waiting.clear()
                else:
                    said(talk, at, "failed", took=None)
        found = total(figures_of(team).values())
        assert list(found.spans) == expected
        assert sum(expected) > 40

    def test_other_teams_count_for_themselves(self, talk: Conversation, other_team: Team) -> None:
        asked(talk, NOON)
        assert total(figures_of(other_team).values()) == Counts()


class TestKeeping:
    def test_what_is_kept_is_what_was_counted(self, talk: Conversation, team: Team) -> None:
        for back in range(5):
            asked(talk, NOON - back * DAY)
            said(talk, NOON - back * DAY + timedelta(seconds=1), took=back)
        counted = figures_of(team)
        assert total(counted.values()).read == 5
        tasks.count_days()
        cache.clear()
        assert CountedDay.objects.count() == keeping.LONGEST
        assert figures_of(team) == counted

    def test_days_that_are_over_are_not_counted_by_pages(self, talk: Conversation, team: Team) -> None:
        asked(talk, NOON - DAY)
        tasks.count_days()
        Message.objects.all().delete()
        assert figures_of(team)[TODAY - DAY].inbound == 1

    def test_a_day_settles(self, talk: Conversation, team: Team, now: time_machine.Traveller) -> None:
        late = said(talk, NOON - DAY, "sent")
        tasks.count_days()
        for later, status, delivered in ((DAY, "delivered", 1), (4 * DAY, "read", 1), (5 * DAY, "failed", 1)):
            now.move_to(NOON + later)
            Message.objects.filter(pk=late.pk).update(status=status)
            tasks.count_days()
            cache.clear()
            assert figures_of(team)[TODAY - DAY].delivered == delivered

    def test_only_what_has_not_settled_is_counted_again(self, talk: Conversation) -> None:
        asked(talk, NOON - 60 * DAY)
        assert (keeping.count_days(), keeping.count_days()) == (keeping.LONGEST, 2)

    def test_what_nobody_can_look_back_to_goes(self, team: Team, now: time_machine.Traveller) -> None:
        keeping.count_days()
        now.move_to(NOON + 10 * DAY)
        keeping.count_days()
        assert CountedDay.objects.count() == keeping.LONGEST
        assert CountedDay.objects.earliest("day").day == TODAY + 10 * DAY - keeping.LONGEST * DAY

    def test_a_page_asks_the_same_however_much_there_is(self, talk: Conversation, team: Team) -> None:
        for minute in range(30):
            asked(talk, NOON - timedelta(minutes=minute))
        for kept, count in ((False, 7), (False, 90), (True, 7), (True, 90)):
            if kept:
                keeping.count_days()
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                assert total(figures_of(team, count).values()).inbound == 30
            assert len(queries) == 3

    def test_counts_come_back_as_they_were_kept(self) -> None:
        steps = [0] * spans.KINDS
        steps[3], steps[28] = 4, 1
        day = {"ab": Counts(inbound=1, outbound=2, delivered=3, read=4, failed=5, spans=tuple(steps)), "cd": Counts()}
        assert from_kept(as_kept(day)) == day
