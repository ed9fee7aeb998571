"""What the environment says. A wrong or missing value ends the start with one line that names it."""

import os
import re
from collections.abc import Container
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}
DATABASES = {"sqlite", "postgres", "postgresql", "psql", "pgsql"}
BROKERS = {"redis", "rediss", "amqp", "amqps", "memory"}


def refuse(name: str, why: str) -> NoReturn:
    """End this process with status 1 and one line on stderr. Never say the value: it may be a secret."""
    raise SystemExit(f"{name} {why}")


def read_file(path: Path) -> None:
    """Add what a `.env` file says to the environment, which wins where both speak."""
    if os.environ.get("OCS_META_IGNORE_ENV_FILE", "") not in YES and path.is_file():
        environ.Env.read_env(path, parse_comments=True)


def text(name: str, default: str = "") -> str:
    # Not through environ.Env(): it takes a secret that begins with "$" for the name of another variable.
    return os.environ.get(name, "").strip() or default


def secret(name: str, how: str) -> str:
    return text(name) or refuse(name, f"is missing: {how}")


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def origins(name: str) -> list[str]:
    for word in words(name):
        if not re.fullmatch(r"https?://[^/\s]+", word):
            refuse(name, "must be origins such as https://bots.example.org, separated by commas")
    return words(name)


def boolean(name: str, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value not in YES | NO:
        refuse(name, "must be true or false")
    return value in YES


def number(name: str, default: int, lowest: int = 0, highest: int = 2**31) -> int:
    value = text(name, str(default))
    if not re.fullmatch(r"[0-9]{1,10}", value) or not lowest <= int(value) <= highest:
        refuse(name, f"must be a number from {lowest} to {highest}")
    return int(value)


def choice(name: str, default: str, choices: Container[str], listed: str) -> str:
    value = text(name, default).upper()
    return value if value in choices else refuse(name, f"must be one of {listed}")


def matching(name: str, default: str, pattern: str, example: str) -> str:
    value = text(name, default)
    return value if re.fullmatch(pattern, value) else refuse(name, f"must look like {example}")


def web_address(name: str, default: str) -> str:
    """An http or https address without user, query or fragment, and without a slash at its end."""
    value = text(name, default).rstrip("/")
    address = _split(value)
    if (
        address is None
        or address.scheme not in {"http", "https"}
        or not address.hostname
        or address.username is not None
        or address.query
        or address.fragment
        or re.search(r"\s", value)
    ):
        refuse(name, "must be an address that begins with http:// or https://, such as https://bots.example.org")
    return value


def site(name: str, default: str) -> str:
    """A web address that is a host, for all paths under it are ours."""
    value = web_address(name, default)
    if urlsplit(value).path:
        refuse(name, "must end after the host: the product cannot live under a path")
    return value


def server(name: str, default: str, schemes: Container[str], example: str) -> str:
    """The address of a broker or cache; empty where there is none."""
    value = text(name, default)
    address = _split(value)
    if value and (address is None or address.scheme not in schemes):
        refuse(name, f"must be an address such as {example}")
    return value


def fernet_keys(name: str) -> list[str]:
    keys = words(name)
    if not keys:
        refuse(name, f"is missing: {HOW_TO_MAKE_A_FERNET_KEY}")
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            refuse(name, f"must be Fernet keys, separated by commas: {HOW_TO_MAKE_A_FERNET_KEY}")
    return keys


HOW_TO_MAKE_A_FERNET_KEY = (
    'make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)


def database(name: str, default: str, root: Path) -> dict[str, Any]:
    """Django's settings for a database; a relative SQLite path begins at `root`."""
    value = text(name, default)
    address = _split(value)
    if address is None or address.scheme not in DATABASES or address.path in {"", "/"}:
        refuse(name, "must be an address such as postgres://user:password@host:5432/name or sqlite:///var/name.sqlite3")
    config: dict[str, Any] = environ.Env.db_url_config(value)
    if address.scheme == "sqlite":
        config["NAME"] = root / config["NAME"]
        _make_folder(name, config["NAME"].parent)
    return config


def email(name: str) -> dict[str, Any]:
    """Django's settings for sending e-mail; nothing where `name` is not set."""
    if not text(name):
        return {}
    try:
        config: dict[str, Any] = environ.Env.email_url_config(text(name))
    except (ImproperlyConfigured, ValueError):
        refuse(name, "must be an address such as smtp+tls://user:password@host:587")
    return {key: value for key, value in config.items() if value is not None and key != "OPTIONS"}


def file_storage(name: str) -> dict[str, Any]:
    """Django's settings for where files are kept: the bucket that `name` names on S3, else folders here.

    Who may use the bucket is told to boto3, in any of its own ways.
    """
    if not text(name):
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    options = {"bucket_name": text(name), "default_acl": None, "file_overwrite": False, "max_memory_size": 4 * 1024**2}
    for option, setting in {"endpoint_url": "S3_ENDPOINT_URL", "region_name": "S3_REGION"}.items():
        if text(setting):
            options[option] = text(setting)
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def _split(value: str) -> SplitResult | None:
    try:
        address = urlsplit(value)
        _ = address.port  # says whether it is one
    except ValueError:
        return None
    return address


def _make_folder(name: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        refuse(name, f"names a folder that cannot be made: {exc.strerror}")
