"""What makes an item of a notification that one item, however often Meta sends it."""

from hashlib import blake2b


def of_message(phone_number_id: str, external_id: str) -> bytes:
    return _digest("m", phone_number_id, external_id)


def of_status(phone_number_id: str, external_id: str, status: str, code: int, participant: str) -> bytes:
    """`participant` is empty but for groups, where each of them has statuses of their own."""
    return _digest("s", phone_number_id, external_id, status, str(code), participant)


def of_content(phone_number_id: str, account: str, time: str, field: str, content: bytes) -> bytes:
    """For what has no id: all that is known of it."""
    return _digest("h", phone_number_id, account, time, field, content=content)


def _digest(*parts: str, content: bytes = b"") -> bytes:
    # printable as they are, parts hold no NUL: no two lists of them read alike
    return blake2b("\0".join((*parts, "")).encode() + content, digest_size=16).digest()
