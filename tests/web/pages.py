"""Every page there is, what it takes, and rows to fill its address with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from channels_app.models import (
    AiProvider,
    ApiKey,
    Bot,
    Channel,
    Conversation,
    KeptFile,
    Membership,
    Participant,
    Provider,
    Team,
)
from channels_app.teams import invitations
from channels_app.teams.models import User
from channels_app.teams.roles import Role
from tests.fixtures import make_channel, make_provider, person

A_UUID = "01a1fb93-b231-7da1-8dea-3426bbec627d"


@dataclass(frozen=True)
class Page:
    """An address of the product's, as a pattern, and the view behind it."""

    route: str
    name: str
    view: Any

    @property
    def view_class(self) -> Any:
        return getattr(self.view, "view_class", None) or getattr(self.view, "cls", None)


def all_pages() -> list[Page]:
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: Any, before: str) -> Iterator[Page]:
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            yield Page(route, each.name or "", each.callback)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@dataclass
class Furnished:
    """A team with one of everything."""

    team: Team
    owner: User
    provider: Provider
    ai_provider: AiProvider
    bot: Bot
    channel: Channel
    key: ApiKey
    member: Membership
    invitation: Any
    conversation: Conversation
    file: KeptFile

    def address(self, name: str) -> dict[str, Any]:
        """What the address of the page `name` is filled with: rows of this team."""
        rows: dict[str, Any] = {"slug": self.team.slug}
        kinds = (
            ("ai_provider", self.ai_provider),
            ("provider", self.provider),
            ("bot", self.bot),
            ("channel", self.bot),
            ("key", self.key),
            ("member", self.member),
            ("invitation", self.invitation),
            ("conversation", self.conversation),
        )
        row = next((row for beginning, row in kinds if name.startswith(beginning)), self.conversation)
        return rows | {"pk": row.pk, "channel_pk": self.channel.pk, "file": self.file.pk}


def furnish(team: Team, waba: str, number: str) -> Furnished:
    owner = person(f"owner@{team.slug}.example.org", team, Role.OWNER)
    membership = Membership.objects.get(user=owner)
    provider = make_provider(team, waba)
    bot = Bot.objects.create(team=team, name=f"Bot of {team}", engine="echo")
    channel = make_channel(provider, number, bot=bot)
    participant = Participant.objects.create(team=team, portfolio=provider.portfolio, wa_id=number, name="Thandi")
    other = person(f"other@{team.slug}.example.org", team, Role.VIEWER)
    return Furnished(
        team=team,
        owner=owner,
        provider=provider,
        ai_provider=AiProvider.objects.create(team=team, name="AI", base_url="https://ai.example.org/v1"),
        bot=bot,
        channel=channel,
        key=ApiKey.make(team, "Program")[0],
        member=Membership.objects.get(user=other),
        invitation=invitations.invite(membership, Role.VIEWER)[0],
        conversation=Conversation.objects.create(team=team, channel=channel, participant=participant),
        file=KeptFile.objects.create(team=team, file=team.slug, mime_type="image/png", size=0),
    )
