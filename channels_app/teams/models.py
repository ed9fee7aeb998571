"""Who uses the product: people, their teams, their roles, and the keys of their programs."""

import secrets
from hashlib import sha256
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from channels_app import clock
from channels_app.naming import NameField
from channels_app.teams import roles
from channels_app.teams.roles import Capability, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail. A host project with a user model of its own leaves this one aside."""

    email = models.EmailField("e-mail", unique=True, error_messages={"unique": "Somebody has this e-mail already."})
    name = NameField(max_length=150, blank=True)
    is_active = models.BooleanField("active", default=True)
    is_staff = models.BooleanField("may use the admin", default=False)
    date_joined = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        swappable = "AUTH_USER_MODEL"
        constraints = [models.UniqueConstraint(models.functions.Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email.partition("@")[0]


class TeamQuerySet(models.QuerySet[Any]):
    """Rows that belong to a team: the one door to them for a person or a key."""

    def for_team(self, team: "Team | UUID") -> Self:
        return self.filter(team=team)


class Team(models.Model):
    """One that is deleted has no members any more; what it had is erased bit by bit."""

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    name = NameField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True, error_messages={"unique": "Another team has this address."})
    files_kept_for = models.PositiveSmallIntegerField(
        "files are kept for",
        null=True,
        blank=True,
        help_text="Days since they were last of use. Empty: as this server does.",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="teams")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_team"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"

    def may(self, capability: Capability | str) -> bool:
        """Whether this member may do this; templates ask by way of `membership.can`."""
        return roles.may(self.role, capability)

    @property
    def can(self) -> dict[str, bool]:
        """Each capability by its name, as templates ask for it: `membership.can.answer`."""
        return {capability.value: self.may(capability) for capability in Capability}


class ApiKeyQuerySet(TeamQuerySet):
    def valid(self, presented: str) -> "ApiKey | None":
        """The key that `presented` is, unless it was revoked."""
        return self.filter(digest=ApiKey.digest_of(presented), revoked_at=None).select_related("team").first()


class ApiKey(models.Model):
    """What a team's program shows at the API. Kept as a hash: the key itself is seen once, when it is made.

    A SHA-256 is enough, for a key has 256 bits of chance in it and cannot be guessed from its hash.
    """

    PREFIX = "ocsm_"

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="api_keys")
    name = NameField(max_length=120, blank=True)
    hint = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ApiKeyQuerySet] = ApiKeyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name or self.hint

    @staticmethod
    def digest_of(key: str) -> str:
        return sha256(key.encode(errors="replace")).hexdigest()

    @classmethod
    def make(cls, team: Team, name: str = "") -> tuple["ApiKey", str]:
        """A new key for `team`: its row, and the key itself, which is not to be had again."""
        key = cls.PREFIX + secrets.token_urlsafe(32)
        row = cls.objects.create(team=team, name=name, hint=key[: len(cls.PREFIX) + 4] + "…", digest=cls.digest_of(key))
        return row, key
