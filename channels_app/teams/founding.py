"""Founding: a team and its owner, made by whoever runs this installation, as often as they like."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import transaction

from channels_app.teams import audit
from channels_app.teams.models import Membership, Team
from channels_app.teams.roles import Role


@transaction.atomic
def found(slug: str, owner: str, password: str, name: str = "") -> tuple[Team, Any]:
    """The team at `slug` and its owner, both as they are where they exist already; otherwise made.

    The owner's e-mail counts as verified. Nobody becomes staff, and an existing owner keeps their password.
    """
    team, _ = Team.objects.get_or_create(slug=slug, defaults={"name": name or slug})
    user = _user(owner, password)
    Membership.objects.update_or_create(team=team, user=user, defaults={"role": Role.OWNER})
    return team, user


def _user(email: str, password: str) -> Any:
    people = get_user_model()._default_manager
    user: Any = people.filter(email__iexact=email).first() or people.create_user(email, password)
    address = {"email": user.email.lower(), "verified": True}
    is_first = not EmailAddress.objects.filter(user=user, primary=True).exists()
    known = EmailAddress.objects.filter(user=user, email__iexact=user.email)
    if not known.update(verified=True):
        EmailAddress.objects.create(user=user, primary=is_first, **address)
    return user


@transaction.atomic
def found_by(user: Any, slug: str, name: str) -> Team:
    """A new team, which `user` owns."""
    team = Team.objects.create(slug=slug, name=name)
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    audit.record(team.pk, audit.person(user), "team.founded", team)
    return team
