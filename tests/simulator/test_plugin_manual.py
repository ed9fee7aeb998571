"""What docs/simulator.md shows is true."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from channels_app.simulator.models import Fault
from channels_app.simulator.rehearsal.meta import Meta
from channels_app.simulator.scenarios import reading
from channels_app.simulator.scenarios.playing import Player

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs/simulator.md").read_text()


def shown(language: str, word: str) -> str:
    """The one block in this language that has `word` in it."""
    (block,) = (block for block in re.findall(rf"```{language}\n(.*?)```", MANUAL, re.DOTALL) if word in block)
    return str(block)


@pytest.mark.django_db
def test_the_test_passes(meta: Meta) -> None:
    names: dict[str, Any] = {}
    exec(shown("python", "def test_"), names)
    (test,) = (value for name, value in names.items() if name.startswith("test_"))
    test(meta)


@pytest.mark.django_db
def test_the_scenario_comes_true(meta: Meta) -> None:
    said: list[str] = []
    assert Player(meta, reading.parse("window.yaml", shown("yaml", "steps:")), said.append).play() == 0, "\n".join(said)


def test_every_fault_and_every_scenario_is_named() -> None:
    assert {kind.value for kind in Fault} <= set(re.findall(r"`(\w+)`", MANUAL))
    assert set(reading.shipped()) <= set(re.findall(r"`(\w+)`", MANUAL))


def test_every_step_is_named() -> None:
    assert set(reading.verbs()) <= set(re.findall(r"`(\w+)`", MANUAL))


def test_the_test_passes_where_nothing_but_the_manual_is_known(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(shown("ini", "[pytest]").replace("/path/to/the/checkout", str(ROOT)))
    (tmp_path / "conftest.py").write_text(shown("python", "pytest_plugins"))
    (tmp_path / "test_bot.py").write_text(shown("python", "def test_"))
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "1 passed" in ended.stdout, ended.stdout + ended.stderr
    assert [left for left in tmp_path.iterdir() if left.suffix == ".sqlite3"] == []
