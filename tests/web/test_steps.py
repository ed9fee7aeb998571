"""First steps: a list that ticks itself, until somebody was answered."""

from typing import Any

import pytest

from channels_app.models import Bot, Checkup, Provider, Team, User
from tests.fixtures import FakeGraph, change, make_channel, make_provider, notification, text
from tests.web.pages import signed_in


@pytest.fixture
def done(alice: User) -> Any:
    """How many of the steps are done, as Alice sees them."""

    def look() -> list[bool]:
        page = signed_in(alice).get("/t/clinic/")
        return [step.is_done for step in page.context["steps"]]

    return look


def test_a_new_team_has_everything_before_it(done: Any) -> None:
    assert done() == [False] * 5


def test_each_ticks_itself(done: Any, team: Team) -> None:
    provider = make_provider(team)
    assert done() == [True, False, False, False, False]
    lines = [{"name": "Webhook address", "status": "ok", "detail": "", "fix": ""}]
    Checkup.objects.create(provider=provider, lines=lines)
    assert done() == [True, True, False, False, False]
    bot = Bot.objects.create(team=team, name="Echo", engine="echo")
    assert done() == [True, True, True, False, False]
    make_channel(provider, bot=bot)
    assert done() == [True, True, True, True, False]


def test_a_webhook_that_meta_does_not_call_is_not_ticked(done: Any, provider: Provider) -> None:
    lines = [
        {"name": "Webhook subscription", "status": "ok", "detail": "", "fix": ""},
        {"name": "Webhook address", "status": "error", "detail": "", "fix": ""},
    ]
    Checkup.objects.create(provider=provider, lines=lines)
    assert done()[1] is False


def test_the_list_is_gone_once_somebody_was_answered(
    done: Any, channel: Any, post: Any, work: Any, graph: FakeGraph
) -> None:
    post(notification(change(text())))
    work()
    assert done() == []


def test_who_may_not_do_a_step_is_not_sent_there(bob: User, team: Team) -> None:
    page = signed_in(bob).get("/t/clinic/")
    assert [step.url for step in page.context["steps"] if "/t/" in step.url] == []
