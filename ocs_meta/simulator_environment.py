"""The environment of `simulate_meta`, where it has one of its own: made before the settings are read."""

import argparse
import atexit
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from cryptography.fernet import Fernet

from ocs_meta import demo_environment

DATABASE = demo_environment.FOLDER / "simulator.sqlite3"
PORT = 9090


def prepare(arguments: Sequence[str]) -> None:
    """Make what these arguments of `simulate_meta` need.

    A scenario is played in a folder that is gone afterwards, unless `--at` names a number of this installation or,
    with `--demo`, of the demo; else
    Meta's side has an SQLite file of its own, the keys to which lie in it.
    """
    asked = _parser().parse_known_args(list(arguments))[0]
    if asked.at:
        if asked.demo:
            demo_environment.prepare()
        return
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    if asked.scenario is not None:
        folder = tempfile.mkdtemp(prefix="ocs-meta-scenario-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        demo_environment.prepare(Path(folder))
        return
    database = Path(asked.database or DATABASE).resolve()
    os.environ["PORT"] = asked.port or str(PORT)
    demo_environment.isolate(database.parent, database, _keys_in(database))
    os.environ["SIMULATOR_ALONE"] = "true"


def _parser() -> argparse.ArgumentParser:
    """Knows only what matters before the settings are there; whatever is wrong is for the command to say."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--scenario", nargs="*")
    parser.add_argument("--demo", action="store_true")
    for name in ("--at", "--database", "--port"):
        parser.add_argument(name, nargs="?")
    return parser


def _keys_in(database: Path) -> dict[str, str]:
    """Made once; they open nothing but what is simulated."""
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        database.touch(0o600)
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS simulator_keys (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            new = {"SECRET_KEY": secrets.token_urlsafe(48), "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode()}
            connection.executemany("INSERT OR IGNORE INTO simulator_keys VALUES (?, ?)", new.items())
            return dict(connection.execute("SELECT name, value FROM simulator_keys"))
    except (OSError, sqlite3.Error) as exc:
        raise SystemExit(f"--database {database} cannot be used: {exc}") from None
