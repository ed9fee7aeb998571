"""Schedules: whatever order the workers' steps fall into, and wherever one breaks off, the promises hold."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from channels_app.models import Channel
from tests.schedule.actors import staged
from tests.schedule.machine import Schedule

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # What takes long on a busy machine may take another step: that is no fault of what is tried, and tried again.
    pytest.mark.flaky(reruns=2, only_rerun=["FlakyStrategyDefinition", "Flaky"]),
]

ANY = settings(phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def parrot(settings: Any, channel: Channel) -> Iterator[None]:
    settings.BOT_ENGINES = {"echo": "tests.schedule.far_side.Parrot"}
    with staged():
        yield


def test_a_few_schedules() -> None:
    run_state_machine_as_test(Schedule, settings=settings(ANY, max_examples=15, stateful_step_count=40))


@pytest.mark.slow
def test_many_schedules() -> None:
    run_state_machine_as_test(Schedule, settings=settings(ANY, max_examples=300, stateful_step_count=80))
