"""Roles: what each may do in its team. The table of docs/roles.md is made of this."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    EDITOR = "editor", _("Editor")
    AGENT = "agent", _("Agent")
    VIEWER = "viewer", _("Viewer")


class Capability(StrEnum):
    """Something that a member may or may not do. A page names the one it needs."""

    SEE_TEAM = "see_team"
    READ_CONVERSATIONS = "read_conversations"
    ANSWER = "answer"
    EDIT_BOTS = "edit_bots"
    EDIT_PROVIDERS = "edit_providers"
    EDIT_KEYS = "edit_keys"
    EDIT_PEOPLE = "edit_people"
    READ_AUDIT = "read_audit"
    RENAME_TEAM = "rename_team"
    OWN_TEAM = "own_team"


_VIEWER = frozenset({Capability.SEE_TEAM, Capability.READ_CONVERSATIONS})
_AGENT = _VIEWER | {Capability.ANSWER}
_EDITOR = _AGENT | {Capability.EDIT_BOTS}
_ADMIN = frozenset(Capability) - {Capability.OWN_TEAM}

MAY: Mapping[str, frozenset[Capability]] = {
    Role.OWNER: frozenset(Capability),
    Role.ADMIN: _ADMIN,
    Role.EDITOR: _EDITOR,
    Role.AGENT: _AGENT,
    Role.VIEWER: _VIEWER,
}


def may(role: str, capability: Capability | str) -> bool:
    """Whether whoever has `role` may do this. Raises ValueError where there is no such capability."""
    return Capability(capability) in MAY.get(role, frozenset())


def roles_from(lowest: Role) -> Iterable[Role]:
    """`lowest` and every role above it."""
    order = list(Role)
    return order[: order.index(lowest) + 1]


def given_by(role: str) -> list[Role]:
    """The roles that somebody with `role` may give to others: their own and those below; an admin makes no owners."""
    if not may(role, Capability.EDIT_PEOPLE):
        return []
    return list(roles_from(Role.VIEWER))[list(Role).index(Role(role)) :]
