"""People: who is in a team, as what, and who goes. A team is never without an owner."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from channels_app.teams import audit, invitations
from channels_app.teams.models import Membership, Team
from channels_app.teams.roles import Role, given_by


@transaction.atomic
def change_role(by: Membership, other: Membership, role: str) -> None:
    """Give `other` another role. Raises ValidationError, by field, where `by` may not, or no owner would be left."""
    _hold(other.team)
    other.refresh_from_db()
    if other.role not in given_by(by.role) or role not in given_by(by.role):
        raise ValidationError({"role": _("Only an owner makes owners, or changes what an owner is.")})
    if other.role == Role.OWNER and role != Role.OWNER:
        _require_another_owner(other)
    former = other.role
    if former == role:
        return
    Membership.objects.filter(pk=other.pk).update(role=role)
    audit.record(other.team_id, audit.person(by.user), "member.role_changed", other.user, former=former, role=role)
    invitations.end_those_of(other.user, other.team, audit.person(by.user), role)


@transaction.atomic
def remove(by: Membership, other: Membership) -> None:
    """Take somebody out of the team. Raises ValidationError where `by` may not, or no owner would be left."""
    _hold(other.team)
    other.refresh_from_db()
    if other.role not in given_by(by.role):
        raise ValidationError(_("Only an owner takes an owner out of the team."))
    _go(other)
    audit.record(other.team_id, audit.person(by.user), "member.removed", other.user, role=other.role)
    invitations.end_those_of(other.user, other.team, audit.person(by.user))


@transaction.atomic
def leave(membership: Membership) -> None:
    """Raises ValidationError for the last owner."""
    _hold(membership.team)
    membership.refresh_from_db()
    _go(membership)
    audit.record(membership.team_id, audit.person(membership.user), "member.left", membership.user)
    invitations.end_those_of(membership.user, membership.team, audit.person(membership.user))


def _go(membership: Membership) -> None:
    if membership.role == Role.OWNER:
        _require_another_owner(membership)
    Membership.objects.filter(pk=membership.pk).delete()


def _require_another_owner(membership: Membership) -> None:
    others = Membership.objects.filter(team=membership.team_id, role=Role.OWNER).exclude(pk=membership.pk)
    if not others.exists():
        raise ValidationError(_("The last owner cannot go. Make somebody else an owner first, or delete the team."))


def _hold(team: Any) -> None:
    """Two owners who go at the same time go one after the other."""
    Team.objects.select_for_update().get(pk=team.pk)
