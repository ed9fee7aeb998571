"""The table and the JSON."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import Figure, Found
from bench.meta.client import ROOT


def table(figures: Iterable[Figure]) -> str:
    head = ("what", "found", "bar", "aim", "", "of which")
    rows = [head, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(_line(row, widths) for row in rows)


def _cells(figure: Figure) -> tuple[str, ...]:
    marks = [number(mark) if mark is not None else "" for mark in (figure.bar, figure.aim)]
    return (figure.what, f"{number(figure.value)} {figure.unit}".strip(), *marks, figure.verdict, figure.note)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [
        cell.rjust(width) if 0 < place < 4 else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def number(value: float) -> str:
    """Three figures, and no more than are there."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def as_json(found: Mapping[str, Found]) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "kernel": platform.release()},
        "rows": {
            name: {
                "figures": [{**asdict(figure), "verdict": figure.verdict} for figure in each.figures],
                "details": each.details,
            }
            for name, each in found.items()
        },
    }


def write(found: Mapping[str, Found], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "bench.json"
    path.write_text(json.dumps(as_json(found), indent=1))
    return path


def _commit() -> str:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()
