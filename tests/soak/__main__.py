"""`make soak`, or `python -m tests.soak [--minutes 30] [--seed N]`: on 127.0.0.1 alone, and over when it says."""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.soak import run

SHORTEST, LONGEST = 3.0, 240.0


def main() -> None:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    print(f"soak for {options.minutes:g} minutes, seed {options.seed}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="ocs-meta-soak-") as folder:
        found = run.soak(Path(folder), options.minutes * 60, random.Random(options.seed))
    print(run.table(found))
    options.into.mkdir(parents=True, exist_ok=True)
    file = options.into / f"soak-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    file.write_text(json.dumps({"seed": options.seed, "minutes": options.minutes, **asdict(found)}, indent=2))
    print(file)
    sys.exit(0 if found.is_well else 1)


def _end(*_: object) -> None:
    """Leave as any error does: whatever was started is ended."""
    sys.exit("Ended before its time.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=_minutes, default=30.0, help="3 to 240")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="to have the same chance again")
    parser.add_argument("--into", type=Path, default=Path("var/soak"), metavar="FOLDER")
    return parser.parse_args()


def _minutes(said: str) -> float:
    return min(max(float(said), SHORTEST), LONGEST)


if __name__ == "__main__":
    main()
