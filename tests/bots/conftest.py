"""Far ends for bots: a model that speaks OpenAI's API, and a service of a team's own."""

from collections.abc import Iterator
from typing import Any

import pytest

from channels_app.bots.chat import patience
from channels_app.bots.engines import http
from channels_app.bots.engines.llm import LlmEngine, _shapes
from channels_app.bots.means import AiEndpoint, Means
from channels_app.outside import Outside
from tests.far_end import FarEnd


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries are as short as can be, and no model is known from another test."""
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(http, "FIRST_PAUSE", 0.001)
    _shapes.__init__()  # type: ignore[misc]


@pytest.fixture
def outside() -> Iterator[Outside]:
    outside = Outside(("127.0.0.1",))
    yield outside
    outside.close()


def llm(far_end: FarEnd, outside: Outside, **config: Any) -> LlmEngine:
    """An engine that asks `far_end`, as its settings' defaults and `config` have it."""
    told = {setting.name: setting.default for setting in LlmEngine.settings if setting.name != "ai_provider"}
    means = Means(outside=outside, ai=AiEndpoint(base_url=f"{far_end.url}/v1", api_key="sk-of-the-clinic"))
    return LlmEngine(means=means, **{**told, "model": "gpt-test", **config})
