"""HMAC over what passes between Meta and us: webhooks are signed by them, calls are proven by us."""

import hmac
from collections.abc import Iterable
from hashlib import sha256

SCHEME = "sha256="


def sign(body: bytes, secret: str) -> str:
    """The value Meta puts into `X-Hub-Signature-256` for these very bytes."""
    return SCHEME + hmac.new(secret.encode(), body, sha256).hexdigest()


def is_signed(body: bytes, header: str | None, secrets: Iterable[str]) -> bool:
    """Whether any of these app secrets made the header; an empty secret vouches for nothing.

    Takes as long for a wrong header as for a right one, and raises for none.
    """
    given = (header or "").encode("utf-8", "replace")
    matches = [hmac.compare_digest(given, sign(body, secret).encode()) for secret in secrets if secret]
    return any(matches)


def appsecret_proof(token: str, secret: str) -> str:
    """What Graph takes as proof that the caller of a token knows its app's secret.

    https://developers.facebook.com/docs/graph-api/guides/secure-requests
    """
    return hmac.new(secret.encode(), token.encode(), sha256).hexdigest()
