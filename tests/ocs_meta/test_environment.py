"""What the environment may say, and how a start ends that it does not allow."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ocs_meta import environment

ROOT = Path(__file__).parents[2]
GOOD = {
    "SECRET_KEY": "only-for-tests",
    "FIELD_ENCRYPTION_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "OCS_META_IGNORE_ENV_FILE": "1",
    "PATH": os.environ["PATH"],
}

WRONG = [
    ("SECRET_KEY", ""),
    ("FIELD_ENCRYPTION_KEYS", ""),
    ("FIELD_ENCRYPTION_KEYS", "not-a-key"),
    ("FIELD_ENCRYPTION_KEYS", GOOD["FIELD_ENCRYPTION_KEYS"] + ",short"),
    ("DEBUG", "flase"),
    ("SITE_URL", "bots.example.org"),
    ("SITE_URL", "ftp://bots.example.org"),
    ("SITE_URL", "https://"),
    ("SITE_URL", "https://bots.example.org/meta"),
    ("SITE_URL", "https://bots.example.org:https"),
    ("CSRF_TRUSTED_ORIGINS", "bots.example.org"),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "mysql://u:p@127.0.0.1/name"),
    ("DATABASE_URL", "postgres://u:p@127.0.0.1:port/name"),
    ("DATABASE_URL", "postgres://127.0.0.1"),
    ("REDIS_URL", "127.0.0.1:6379"),
    ("CELERY_BROKER_URL", "http://127.0.0.1"),
    ("GRAPH_API_URL", "graph"),
    ("GRAPH_API_VERSION", "25"),
    ("APP_SECRET_OVERLAP", "-1"),
    ("PORT", "http"),
    ("PORT", "70000"),
    ("WEB_THREADS", "0"),
    ("LOG_LEVEL", "LOUD"),
    ("EMAIL_URL", "mail://somewhere"),
    ("TRUST_PROXY_HEADERS", "perhaps"),
]


def start(*command: str, **said: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], env=GOOD | said, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_wrong_value_ends_the_start_with_one_line_that_names_it(name: str, value: str) -> None:
    done = start("-c", "import ocs_meta.settings", **{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name} ")
    assert done.stderr.count("\n") == 1


def test_a_refusal_keeps_the_secret_to_itself() -> None:
    assert "hushhush" not in start("-c", "import ocs_meta.settings", FIELD_ENCRYPTION_KEYS="hushhush").stderr
    assert "hushhush" not in start("-c", "import ocs_meta.settings", DATABASE_URL="pg://u:hushhush@h/n").stderr


@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "check"),
        ("manage.py", "web"),
        ("-m", "celery", "-A", "ocs_meta", "report"),
        ("-c", "import ocs_meta.wsgi"),
    ],
    ids=["manage.py", "web", "celery", "wsgi"],
)
def test_every_way_in_refuses_a_missing_secret_in_one_line(command: tuple[str, ...]) -> None:
    done = start(*command, SECRET_KEY="")
    assert done.returncode == 1
    assert done.stderr.startswith("SECRET_KEY is missing: ")
    assert done.stderr.count("\n") == 1


def test_a_secret_that_begins_with_a_dollar_is_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET", "$HOME")
    assert environment.secret("SOME_SECRET", "") == "$HOME"


def test_an_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_PORT", "")
    assert environment.number("SOME_PORT", 8000) == 8000


def test_sqlite_paths_begin_at_the_root_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_DATABASE", raising=False)
    config = environment.database("SOME_DATABASE", "sqlite:///var/name.sqlite3", tmp_path)
    assert config["NAME"] == tmp_path / "var/name.sqlite3"
    assert (tmp_path / "var").is_dir()


SITES: list[tuple[str, dict[str, Any]]] = [
    ("http://127.0.0.1:8000", {"SECURE_SSL_REDIRECT": False, "SESSION_COOKIE_SECURE": False, "SECURE_HSTS_SECONDS": 0}),
    (
        "https://bots.example.org/",
        {"SECURE_SSL_REDIRECT": True, "SESSION_COOKIE_SECURE": True, "SECURE_HSTS_SECONDS": 31536000},
    ),
]


@pytest.mark.parametrize(("site", "expected"), SITES)
def test_what_guards_the_wire_follows_the_scheme_of_the_site(site: str, expected: dict[str, Any]) -> None:
    script = f"from ocs_meta import settings; print({{name: getattr(settings, name) for name in {list(expected)}}})"
    assert start("-c", script, SITE_URL=site).stdout.strip() == str(expected)


def test_the_sites_host_and_origin_are_always_allowed() -> None:
    script = "from ocs_meta import settings; print(settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS)"
    said = {"SITE_URL": "https://bots.example.org:8443", "ALLOWED_HOSTS": "other.example.org, 10.0.0.7"}
    expected = "['bots.example.org', 'other.example.org', '10.0.0.7'] ['https://bots.example.org:8443']\n"
    assert start("-c", script, **said).stdout == expected


def test_the_env_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("SOME_NUMBER=7  # a comment\nOTHER_NUMBER=8\n")
    monkeypatch.setenv("OCS_META_IGNORE_ENV_FILE", "")
    monkeypatch.setenv("OTHER_NUMBER", "9")
    monkeypatch.setenv("SOME_NUMBER", "")
    monkeypatch.delenv("SOME_NUMBER")
    environment.read_file(tmp_path / ".env")
    assert environment.number("SOME_NUMBER", 0) == 7
    assert environment.number("OTHER_NUMBER", 0) == 9
