"""`make bench`, or `python -m bench [--only ROW] [--quick]`: on the PostgreSQL that DATABASE_URL names."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import costs, house, report
from bench.figures import QUICK, WHOLE, Found
from bench.rows import ack, asking, echo, large, memory, pages, sending, statements, statuses, voice, waiting

ROWS: dict[str, ModuleType] = {
    "ack": ack,
    "statuses": statuses,
    "echo": echo,
    "statements": statements,
    "sending": sending,
    "asking": asking,
    "waiting": waiting,
    "voice": voice,
    "memory": memory,
    "pages": pages,
}
LONG: dict[str, ModuleType] = {"large": large}
"""Asked for by name alone: it fills a database with 5 million messages first."""


def main() -> None:
    options = _options()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        raise SystemExit("DATABASE_URL is needed: the bench makes databases of its own on that PostgreSQL")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    _heed_signals(_end)

    found: dict[str, Found] = {}
    with house.prepared() as ground:
        for name in options.only or ROWS:
            print(f"{name} ...", file=sys.stderr, flush=True)
            ground.noise.clear()
            found[name] = (ROWS | LONG)[name].measure(ground, QUICK if options.quick else WHOLE)
            found[name].others = costs.share_of_others(ground.noise)
    print(report.table(found))
    options.into.mkdir(parents=True, exist_ok=True)
    print(*report.write(found, options.into), sep="\n")


def _heed_signals(handler: Any) -> None:
    """Also where we were born deaf to the first, as a shell's background processes are."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _end(*_: object) -> None:
    """Leave as any error does: whatever was started is ended, and our databases are dropped, undisturbed."""
    _heed_signals(signal.SIG_IGN)
    sys.exit("Ended before its time.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=[*ROWS, *LONG], metavar="ROW", help=f"one of: {', '.join([*ROWS, *LONG])}"
    )
    parser.add_argument("--quick", action="store_true", help="see that every row runs; its figures say little")
    parser.add_argument("--into", type=Path, default=Path("var/bench"), metavar="FOLDER")
    return parser.parse_args()


if __name__ == "__main__":
    main()
