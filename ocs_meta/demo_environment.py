"""The environment of the demo, which asks for nothing: made before the settings are read."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import environ
from cryptography.fernet import Fernet

FOLDER = Path(__file__).resolve().parent.parent / "var"
HIGHEST_PORT = 65535
FOREIGN = (
    *("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "GRAPH_API_URL", "MEDIA_ROOT", "EMAIL_URL", "SENTRY_DSN"),
    *("SIMULATOR_GRAPH_URL", "SIMULATOR_WEBHOOK_URL", "SIMULATOR_WIRE_LOG", "SIMULATOR_ALONE", "TRUST_PROXY_HEADERS"),
)


def prepare(folder: Path | None = None) -> None:
    """Replace whatever the environment says by the demo's own, with the same secrets at each start.

    `PORT` and `LOG_LEVEL` are heeded; `SITE_URL` follows the port. `DEMO_PASSWORD` is for the demo's login. Everything
    is kept in `folder`, by default `DEMO_FOLDER` or else var/ of the checkout.
    """
    folder = (folder or Path(os.environ.get("DEMO_FOLDER") or FOLDER)).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    environ.Env.read_env(_secrets_file(folder), overwrite=True)
    isolate(folder, folder / "ocs_meta.sqlite3", {"DEMO_FOLDER": str(folder)})


def isolate(folder: Path, database: Path, more: Mapping[str, str]) -> None:
    """Replace whatever the environment says by what one process on its own needs, and by `more`."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    port = _port(os.environ.get("PORT", "").strip() or "8000")
    os.environ |= {
        "OCS_META_IGNORE_ENV_FILE": "1",
        "DEBUG": "false",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "",
        "CSRF_TRUSTED_ORIGINS": "",
        "DATABASE_URL": f"sqlite:///{database}",
        "MEDIA_ROOT": str(folder / "media"),
        "CELERY_BROKER_URL": "memory://localhost/",
        "SIMULATOR": "true",
        "DEMO": "true",
        "WORKER_THREADS": "16",
        **more,
    }


def _port(told: str) -> str:
    """Raises SystemExit where it is none: the address is made of it, and would be complained of instead."""
    if not (told.isascii() and told.isdigit() and 1 <= int(told[:6]) <= HIGHEST_PORT):
        raise SystemExit(f"PORT {told} is none: a port is a number from 1 to {HIGHEST_PORT}, such as 8001.")
    return told


def stand_in() -> None:
    """Secrets for a command that needs none, good for this process alone."""
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
    os.environ.setdefault("FIELD_ENCRYPTION_KEYS", Fernet.generate_key().decode())


def _secrets_file(folder: Path) -> Path:
    """Made once, readable by its owner alone."""
    path = folder / "demo.env"
    if not path.exists():
        draft = folder / f"demo.env.{os.getpid()}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"SECRET_KEY={secrets.token_urlsafe(48)}\n")
            file.write(f"FIELD_ENCRYPTION_KEYS={Fernet.generate_key().decode()}\n")
            file.write(f"DEMO_PASSWORD={secrets.token_urlsafe(9)}\n")
        draft.rename(path)
    return path
