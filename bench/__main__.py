"""`make bench`, or `python -m bench [--only ROW] [--quick]`: on the PostgreSQL that DATABASE_URL names."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    options = _options()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        raise SystemExit("DATABASE_URL is needed: the bench makes databases of its own on that PostgreSQL")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))

    from bench import costs, house, report
    from bench.figures import QUICK, WHOLE, Found

    found: dict[str, Found] = {}
    with house.prepared() as ground:
        for name in options.only or ROWS:
            print(f"{name} ...", file=sys.stderr, flush=True)
            ground.noise.clear()
            found[name] = _row(name).measure(ground, QUICK if options.quick else WHOLE)
            found[name].others = costs.share_of_others(ground.noise)
    print(report.table(found))
    options.into.mkdir(parents=True, exist_ok=True)
    print(*report.write(found, options.into), sep="\n")


ROWS = ("ack", "statuses", "echo", "statements", "sending", "asking", "waiting", "memory")
LONG = ("large",)
"""Asked for by name alone: it fills a database with 5 million messages first."""


def _row(name: str) -> ModuleType:
    import importlib

    return importlib.import_module(f"bench.rows.{name}")


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
