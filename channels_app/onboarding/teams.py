"""Teams: what goes with one that is deleted, named before, and taken down at once."""

from dataclasses import dataclass

from django.db import transaction

from channels_app import clock
from channels_app.models import (
    AiProvider,
    ApiKey,
    Bot,
    Channel,
    Conversation,
    Invitation,
    KeptFile,
    Message,
    Provider,
    Team,
)
from channels_app.onboarding.channels import delete_channel
from channels_app.onboarding.providers import delete_provider

BLANK = "deleted-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What a team has, counted."""

    channels: int
    bots: int
    providers: int
    conversations: int
    messages: int
    people: int
    keys: int
    ai_providers: int
    invitations: int
    files: int


def belongings(team: Team) -> Belongings:
    return Belongings(
        channels=Channel.objects.for_team(team).filter(deleted_at=None).count(),
        bots=Bot.objects.for_team(team).filter(deleted_at=None).count(),
        providers=Provider.objects.for_team(team).filter(deleted_at=None).count(),
        conversations=Conversation.objects.for_team(team).count(),
        messages=Message.objects.for_team(team).count(),
        people=team.memberships.count(),
        keys=ApiKey.objects.for_team(team).filter(revoked_at=None).count(),
        ai_providers=AiProvider.objects.for_team(team).filter(deleted_at=None).count(),
        invitations=Invitation.objects.open().for_team(team).count(),
        files=KeptFile.objects.for_team(team).count(),
    )


@transaction.atomic
def delete_team(team: Team) -> None:
    """From here on nobody reaches it, its numbers are free, and its secrets are gone. Its rows are erased later."""
    now = clock.now()
    for channel in Channel.objects.for_team(team).filter(deleted_at=None):
        delete_channel(channel)
    for provider in Provider.objects.for_team(team).filter(deleted_at=None):
        delete_provider(provider)
    Bot.objects.for_team(team).filter(deleted_at=None).update(deleted_at=now, is_active=False, secret="")
    AiProvider.objects.for_team(team).filter(deleted_at=None).update(deleted_at=now, api_key="")
    ApiKey.objects.for_team(team).filter(revoked_at=None).update(revoked_at=now)
    Invitation.objects.open().for_team(team).update(revoked_at=now)
    team.memberships.all().delete()
    Team.objects.filter(pk=team.pk).update(deleted_at=now, slug=f"{BLANK}{team.pk.hex}")
