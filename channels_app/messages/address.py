"""Whom a message is from, or for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A person as WhatsApp knows them: by phone number (`wa_id`), by business-scoped user id, or by both."""

    wa_id: str | None = None
    user_id: str | None = None

    def __bool__(self) -> bool:
        return bool(self.wa_id or self.user_id)
