"""Access: who may see and do what in a team. The doors to its rows, for people and for programs."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views import View
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from channels_app import clock
from channels_app.teams.models import ApiKey, Membership, Team
from channels_app.teams.roles import Capability

NOTED_EVERY = timedelta(minutes=1)


class TeamView(LoginRequiredMixin, View):
    """A page of the team that `slug` names. Unknown to those who are no members, forbidden to those who may not.

    `needs` is what one must be able to do to see it, `needs_to_change` what it takes to POST, where that is more.
    """

    needs = Capability.SEE_TEAM
    needs_to_change: Capability | None = None
    team: Team
    membership: Membership

    def dispatch(self, request: HttpRequest, *args: Any, slug: str, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        mine = Membership.objects.filter(user=request.user.pk, team__slug=slug)
        membership = mine.select_related("team").first()
        if membership is None:
            raise Http404
        if not membership.may(self.needed(request)):
            raise PermissionDenied
        self.membership, self.team = membership, membership.team
        return super().dispatch(request, *args, **kwargs)

    def needed(self, request: HttpRequest) -> Capability:
        """What this request takes."""
        changes = request.method not in ("GET", "HEAD", "OPTIONS")
        return (self.needs_to_change or self.needs) if changes else self.needs


def teams_of(user_id: Any) -> list[Team]:
    """The teams of a person, by name."""
    return list(Team.objects.filter(memberships__user=user_id).order_by("name"))


class TeamKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`: the key says which team asks. `request.auth` is the key's row."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        scheme, _, presented = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = ApiKey.objects.valid(presented.strip())
        if key is None:
            raise AuthenticationFailed("This API key is not valid, or was revoked.")
        _note_use(key)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TeamPermission(BasePermission):
    """Whoever shows a team's key may do to that team's rows what the API offers."""

    message = "An API key of a team is needed: Authorization: Bearer <key>."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, ApiKey)


def _note_use(key: ApiKey) -> None:
    now = clock.now()
    if key.last_used_at is None or key.last_used_at < now - NOTED_EVERY:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)
