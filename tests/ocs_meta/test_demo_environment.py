"""The demo asks for nothing, and heeds nothing that belongs to somebody else."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, os, pathlib, sys
from ocs_meta import demo_environment
demo_environment.prepare(pathlib.Path(sys.argv[1]))
print(json.dumps(dict(os.environ)))
"""


def prepared(folder: Path, **said: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        env={"PATH": os.environ["PATH"], **said},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    environment: dict[str, str] = json.loads(done.stdout)
    return environment


def test_secrets_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first, second = prepared(tmp_path), prepared(tmp_path, SECRET_KEY="somebody-elses")
    for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DEMO_PASSWORD"):
        assert first[name] == second[name] != ""
    assert (tmp_path / "demo.env").stat().st_mode & 0o777 == 0o600


def test_databases_and_brokers_of_others_are_left_alone(tmp_path: Path) -> None:
    foreign = {"DATABASE_URL": "postgres://u:p@db/x", "REDIS_URL": "redis://r", "CELERY_BROKER_URL": "amqp://b"}
    environment = prepared(tmp_path, **foreign)
    assert environment["DATABASE_URL"] == f"sqlite:///{tmp_path}/ocs_meta.sqlite3"
    assert environment["CELERY_BROKER_URL"] == "memory://localhost/"
    assert "REDIS_URL" not in environment


def test_the_site_follows_the_port(tmp_path: Path) -> None:
    assert prepared(tmp_path)["SITE_URL"] == "http://127.0.0.1:8000"
    assert prepared(tmp_path, PORT="9000", SITE_URL="https://x.example.org")["SITE_URL"] == "http://127.0.0.1:9000"
