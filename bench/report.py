"""The table and the JSON."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import picture
from bench.figures import Figure, Found, number
from bench.meta.client import ROOT

QUIET = 0.05
"""The share of the machine that may go elsewhere before the table says so."""


def table(found: Mapping[str, Found]) -> str:
    head = ("what", "found", "bar", "aim", "", "of which")
    rows = [head, *(_cells(figure) for each in found.values() for figure in each.figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    others = ", ".join(f"{name} {each.others:.0%}" for name, each in found.items() if each.others > QUIET)
    noise = f"\n\nNot alone: other processes had part of the machine during {others}" if others else ""
    return "\n".join(_line(row, widths) for row in rows) + noise


def _cells(figure: Figure) -> tuple[str, ...]:
    marks = [number(mark) if mark is not None else "" for mark in (figure.bar, figure.aim)]
    return (figure.what, f"{number(figure.value)} {figure.unit}".strip(), *marks, figure.verdict, figure.note)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [
        cell.rjust(width) if 0 < place < 4 else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def write(found: Mapping[str, Found], folder: Path) -> tuple[Path, Path]:
    """The JSON and the picture; gives their paths."""
    commit = _commit()
    as_json, as_picture = folder / "bench.json", folder / "bench.svg"
    as_json.write_text(json.dumps(_said(found, commit), indent=1))
    figures = [figure for each in found.values() for figure in each.figures]
    as_picture.write_text(picture.svg(figures, f"OCS Meta {commit}, measured on {os.cpu_count()} cores"))
    return as_json, as_picture


def _said(found: Mapping[str, Found], commit: str) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "kernel": platform.release()},
        "rows": {
            name: {
                "figures": [{**asdict(figure), "verdict": figure.verdict} for figure in each.figures],
                "others": each.others,
                "details": each.details,
            }
            for name, each in found.items()
        },
    }


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
