"""Columns that keep a secret, and the keyed hashes by which one is found."""

import hmac
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import IsNull

PREFIX = "enc1:"
MASK = "••••"
SHOWN_FROM = 16


class SecretUnreadable(Exception):
    """None of FIELD_ENCRYPTION_KEYS opens a stored secret."""


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(value: str) -> str:
    """`value` encrypted under the first of FIELD_ENCRYPTION_KEYS; the empty string stays empty."""
    if not value:
        return ""
    return PREFIX + _box(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(value.encode()).decode()


def unseal(stored: str) -> str:
    """What `seal` was given. Raises `SecretUnreadable` where no key fits, never the ciphertext as a value."""
    if not stored:
        return ""
    if not stored.startswith(PREFIX):
        raise SecretUnreadable("A stored secret is not encrypted")
    try:
        return _box(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(stored.removeprefix(PREFIX).encode()).decode()
    except InvalidToken as exc:
        raise SecretUnreadable("No key in FIELD_ENCRYPTION_KEYS opens a stored secret") from exc


def mask(secret: str) -> str:
    """What may be shown of a secret: that there is one, and of a long one its last four characters."""
    if len(secret) < SHOWN_FROM:
        return MASK if secret else ""
    return f"{MASK} {secret[-4:]}"


def is_kept(given: str) -> bool:
    """Whether a secret came back empty, or as it is shown: then it stays what it was."""
    return not given or given.startswith(MASK)


def keyed_hashes(value: str) -> list[str]:
    """Hashes of `value`, one for each of FIELD_ENCRYPTION_KEYS, newest first: how a secret is looked up."""
    return [hmac.new(key.encode(), value.encode(), sha256).hexdigest() for key in settings.FIELD_ENCRYPTION_KEYS]


if TYPE_CHECKING:
    TextColumn = models.TextField[str, str]
else:
    TextColumn = models.TextField


class EncryptedTextField(TextColumn):
    """Text that the database never sees in the clear; it can be tested for null and not searched."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else seal(str(value))

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        return value if value is None else unseal(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != IsNull.lookup_name:
            raise FieldError(f"{self.name} is encrypted and cannot be searched by {lookup_name}.")
        return super().get_lookup(lookup_name)
