"""A team's settings at one glance: a page of cards."""

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from channels_app.media import retention
from channels_app.models import AiProvider, ApiKey, AuditEvent, Invitation, Notice, Provider
from channels_app.teams.models import Team
from channels_app.web.settings.auditing import told
from channels_app.web.settings.health import strip_of
from channels_app.web.settings.pages import SettingsPage

OPEN_NOTICES = Prefetch("notices", Notice.objects.filter(closed_at=None), to_attr="open_notices")
SHOWN = 6
LATEST = 4


class Settings(SettingsPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        providers = list(providers_of(self.team))
        events = AuditEvent.objects.for_team(self.team).order_by("-id")
        keys = ApiKey.objects.for_team(self.team).filter(revoked_at=None)
        return self.page(
            "teams/settings.html",
            kept_for=retention.days(self.team),
            providers=[(provider, strip_of(provider)) for provider in providers],
            ai_providers=list(AiProvider.objects.for_team(self.team).filter(deleted_at=None)[:SHOWN]),
            members=list(self.team.memberships.select_related("user").order_by("created_at")[:SHOWN]),
            member_count=self.team.memberships.count(),
            invitation_count=Invitation.objects.open().filter(team=self.team).count(),
            keys=list(keys[:SHOWN]) if self.membership.can["edit_keys"] else [],
            events=[told(event) for event in events[:LATEST]] if self.membership.can["read_audit"] else [],
        )


def providers_of(team: Team) -> QuerySet[Provider]:
    """A team's providers, each with what its health strip is made of."""
    live = Provider.objects.for_team(team).filter(deleted_at=None)
    counted = live.annotate(channel_count=Count("channels", filter=Q(channels__deleted_at=None)))
    found: QuerySet[Provider] = counted.select_related("checkup").prefetch_related(OPEN_NOTICES).order_by("name")
    return found
