"""A pytest plugin for those who write bots: people write to the bot, and hear what it says. See docs/simulator.md.

To be named in a conftest.py: `pytest_plugins = ["channels_app.simulator.pytest"]`.
"""

from collections.abc import Iterator

import pytest

from channels_app.models import Channel
from channels_app.simulator.rehearsal import ground, stages
from channels_app.simulator.rehearsal.meta import Meta


@pytest.fixture
def meta_channel(db: None) -> Channel:
    """The channel that people write to, with an echoing bot. Override it to have them write to one of your own."""
    return ground.lay(ground.a_team())


@pytest.fixture
def meta(meta_channel: Channel) -> Iterator[Meta]:
    """Meta, at the number of `meta_channel`: no network, no broker and no waiting."""
    with stages.one_thread(meta_channel) as stage:
        yield Meta(stage)
