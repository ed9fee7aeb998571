"""Invitations: a link with a role. It works once, for a week, until it is taken back."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from channels_app import clock
from channels_app.teams import audit
from channels_app.teams.audit import Actor
from channels_app.teams.models import Membership, Team, TeamQuerySet
from channels_app.teams.roles import Role, given_by

log = structlog.get_logger(__name__)

LASTS = timedelta(days=7)


class InvitationQuerySet(TeamQuerySet):
    def open(self) -> "InvitationQuerySet":
        """Those whose links work. With the account of whoever made one it ends, too."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now(), invited_by__is_active=True)

    def by_token(self, token: str) -> "Invitation | None":
        """The open invitation that this link was made for."""
        return self.open().filter(digest=digest_of(token)).select_related("team", "invited_by").first()


class Invitation(models.Model):
    """What was promised to whoever has the link. The link itself is seen once; its hash is kept."""

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
    email = models.EmailField(blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.email or str(self.get_role_display())


def digest_of(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


@transaction.atomic
def invite(inviter: Membership, role: str, email: str = "") -> tuple[Invitation, str]:
    """A new invitation and the secret part of its link, which is not to be had again.

    Raises ValidationError where the inviter may not give this role.
    """
    Team.objects.select_for_update().get(pk=inviter.team_id)  # nobody loses their role meanwhile
    now = Membership.objects.filter(pk=inviter.pk).first()
    if now is None or role not in given_by(now.role):
        raise ValidationError({"role": _("Your own role does not let you give this one.")})
    token = secrets.token_urlsafe(24)
    row = Invitation.objects.create(
        team=inviter.team,
        role=role,
        email=email.strip().lower(),
        digest=digest_of(token),
        invited_by_id=inviter.user_id,
        expires_at=clock.now() + LASTS,
    )
    audit.record(inviter.team_id, audit.person(inviter.user), "invitation.made", row, role=role)
    if settings.DEBUG:
        log.info("invitation_made", team=inviter.team.slug, link=f"{settings.SITE_URL}/invitations/{token}/")
    return row, token


@transaction.atomic
def accept(invitation: Invitation, user: Any) -> Membership | None:
    """Make `user` a member; `None` where somebody was faster. Who is one already keeps their role, and the link."""
    Team.objects.select_for_update().get(pk=invitation.team_id)
    already = Membership.objects.filter(team=invitation.team, user=user).first()
    if already is not None:
        return already
    taken = Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=clock.now(), accepted_by=user)
    if not taken:
        return None
    membership = Membership.objects.create(team=invitation.team, user=user, role=invitation.role)
    audit.record(invitation.team_id, audit.person(user), "member.joined", user, role=invitation.role)
    return membership


def end_those_of(user: Any, team: Team, by: Actor, role: str | None = None) -> int:
    """Nobody's link gives what they may not give any more, being a member as `role` from now on, or none."""
    given = given_by(role) if role else []
    rows = list(Invitation.objects.open().filter(team=team, invited_by=user).exclude(role__in=given))
    for row in rows:
        revoke(row, by)
    return len(rows)


@transaction.atomic
def revoke(invitation: Invitation, by: Actor) -> None:
    """The link works no more."""
    if Invitation.objects.open().filter(pk=invitation.pk).update(revoked_at=clock.now()):
        audit.record(invitation.team_id, by, "invitation.revoked", invitation, role=invitation.role)
