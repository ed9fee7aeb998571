"""Every row of the bench runs from beginning to end, and says what it found; what it found is not judged here."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import LONG, ROWS
from tests.processes.stage import ROOT

pytestmark = pytest.mark.processes

FIELDS = {"key", "what", "value", "unit", "bar", "aim", "less_is_better", "note", "verdict"}
KEYS = {
    "ack": {"floor", "own_floor", "ack"},
    "statuses": {"status_cpu", "statuses_taken", "statuses_applied"},
    "echo": {"echo", "worker_cpu"},
    "statements": {"statements"},
    "sending": {"send_one", "send_one_most", "send_ten", "send_ten_most", "send_business_most"},
    "asking": {"asked_p50", "asked_p99"},
    "waiting": {"webhook_p99", "webhook_p99_piled"},
    "voice": {"voice_spoken", "voice_from_wav", "voice_from_mp3", "voice_echo"},
    "memory": {"memory_web", "memory_worker", "memory_demo"},
    "pages": {
        "pages_slowest",
        "pages_inbox",
        "pages_conversation",
        "pages_search_words",
        "pages_dashboard_month",
        "pages_dashboard_cold",
    },
    "large": {"large_ack", "large_echo"},
}
SHORT = {"echo"}
"""It passes through all that rows have in common; the others belong to the long tests."""


def bench(row: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bench", "--quick", "--only", row, "--into", str(folder)]
    return subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)


def marked(row: str) -> Any:
    return pytest.param(row, marks=[] if row in SHORT else [pytest.mark.slow])


@pytest.mark.parametrize("row", [marked(row) for row in (*ROWS, *LONG)])
def test_a_row_runs_and_says_what_it_found(row: str, tmp_path: Path) -> None:
    done = bench(row, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "bench.json").read_text())
    assert {"at", "commit", "machine", "rows"} == found.keys()
    figures = found["rows"][row]["figures"]
    assert {figure["key"] for figure in figures} == KEYS[row]
    for figure in figures:
        assert figure.keys() == FIELDS
        assert figure["value"] > 0, figure
        assert figure["what"] in done.stdout
    assert (tmp_path / "bench.svg").read_text().startswith("<svg")
