from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine

from tests.gateways.readings import AT

RECORDINGS = Path(__file__).parent.parent / "data" / "meta"

Recorded = Callable[[str], bytes]


@pytest.fixture
def recorded() -> Recorded:
    return lambda name: (RECORDINGS / f"{name}.json").read_bytes()


@pytest.fixture(autouse=True)
def _shortly_after() -> Iterator[None]:
    with time_machine.travel(AT.replace(hour=11), tick=True):
        yield
