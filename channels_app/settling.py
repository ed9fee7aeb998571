"""Settling: what a team set up is saved or deleted, noted in its audit log, and whatever waited for that goes on.

All doors save here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction

from channels_app import clock, onboarding, ringing
from channels_app.bots import ai, setup
from channels_app.gateways.base import Check
from channels_app.inbound import handover, replaying, unrouted
from channels_app.inbound import release as inbound_release
from channels_app.models import (
    AiProvider,
    ApiKey,
    Bot,
    Channel,
    Checkup,
    Conversation,
    Direction,
    EventState,
    Message,
    Provider,
    Team,
)
from channels_app.outbound import packing
from channels_app.outbound import release as outbound_release
from channels_app.teams import audit
from channels_app.teams.audit import SYSTEM, Actor
from channels_app.told import as_kept

ANSWERING = frozenset({"is_active", "engine", "config", "ai_provider", "secret"})
ROUTING = frozenset({"is_active", "provider", "phone_number_id", "bot"})


def save_provider(provider: Provider, changes: Mapping[str, str], by: Actor = SYSTEM) -> None:
    """`onboarding.save_provider`; what was held for want of access goes out."""
    with transaction.atomic():
        noted = _what_changes(Provider, provider, changes)
        onboarding.save_provider(provider, changes)
        _note(by, "provider", provider, noted)
    transaction.on_commit(ringing.ring_portfolios)
    go_on()


@transaction.atomic
def delete_provider(provider: Provider, by: Actor = SYSTEM) -> None:
    """`onboarding.delete_provider`."""
    onboarding.delete_provider(provider)
    audit.record(provider.team_id, by, "provider.deleted", provider)


def save_channel(channel: Channel, changes: Mapping[str, Any], by: Actor = SYSTEM) -> None:
    """`onboarding.save_channel`; what came for the number before, or was held, is answered."""
    with transaction.atomic():
        noted = _what_changes(Channel, channel, changes)
        onboarding.save_channel(channel, changes)
        _note(by, "channel", channel, noted)
    if changes.get("is_active"):
        Conversation.objects.filter(channel=channel).exclude(off_told_at=None).update(off_told_at=None)
    if ROUTING & changes.keys():
        unrouted.release_into(channel)
        go_on()


@transaction.atomic
def delete_channel(channel: Channel, by: Actor = SYSTEM) -> None:
    """`onboarding.delete_channel`."""
    onboarding.delete_channel(channel)
    audit.record(channel.team_id, by, "channel.deleted", channel)


def clean_bot(bot: Bot, changes: Mapping[str, Any]) -> dict[str, Any]:
    """`setup.clean`; a file that the configuration encloses has to be one of the team's, too."""
    given = setup.clean(bot, changes)
    complaints: dict[str, list[str]] = {}
    for name, value in given.get("config", {}).items():
        missing = packing.not_there(bot.team_id, _enclosed(value))
        if missing:
            complaints[name] = [packing.NOT_THERE.format(each[:40]) for each in missing]
    if complaints:
        raise setup.NotThisConfig(complaints)
    return given


def _enclosed(value: object) -> Iterator[str]:
    """The ids of the files that replies in `value` enclose."""
    match value:
        case {"attachment": {"media": str(media)}}:
            yield media
        case dict():
            for inner in value.values():
                yield from _enclosed(inner)
        case list():
            for inner in value:
                yield from _enclosed(inner)


def save_bot(bot: Bot, changes: Mapping[str, Any], by: Actor = SYSTEM) -> None:
    """Keep cleaned `changes`; what was held while the bot was switched off, or could not answer, is answered."""
    with transaction.atomic():
        noted = _what_changes(Bot, bot, changes)
        setup.save(bot, changes)
        _note(by, "bot", bot, noted)
    if ANSWERING & changes.keys():
        inbound_release.release_set_aside(bot)
        go_on()


@transaction.atomic
def delete_bot(bot: Bot, by: Actor = SYSTEM) -> None:
    """`setup.delete`."""
    setup.delete(bot)
    audit.record(bot.team_id, by, "bot.deleted", bot)


@transaction.atomic
def save_ai_provider(provider: AiProvider, changes: Mapping[str, str], by: Actor = SYSTEM) -> None:
    """`ai.save`."""
    noted = _what_changes(AiProvider, provider, changes)
    ai.save(provider, changes)
    _note(by, "ai_provider", provider, noted)


@transaction.atomic
def delete_ai_provider(provider: AiProvider, by: Actor = SYSTEM) -> None:
    """`ai.delete`."""
    ai.delete(provider)
    audit.record(provider.team_id, by, "ai_provider.deleted", provider)


@transaction.atomic
def rename_team(team: Team, name: str, by: Actor = SYSTEM) -> None:
    """Its address stays: links to it are everywhere."""
    Team.objects.filter(pk=team.pk).update(name=name)
    audit.record(team.pk, by, "team.renamed", name)


@transaction.atomic
def keep_files_for(team: Team, days: int | None, by: Actor = SYSTEM) -> None:
    """How long the files of `team` are kept after they were last of use; `None` as this installation does it."""
    changed = Team.objects.filter(pk=team.pk).exclude(files_kept_for=days).update(files_kept_for=days)
    if changed:
        audit.record(team.pk, by, "team.files_kept_for", "" if days is None else str(days))


@transaction.atomic
def make_key(team: Team, name: str, by: Actor = SYSTEM) -> str:
    """A new key for the team's programs, which is not to be had again."""
    row, key = ApiKey.make(team, name)
    audit.record(team.pk, by, "key.made", row)
    return key


@transaction.atomic
def revoke_key(key: ApiKey, by: Actor = SYSTEM) -> None:
    """The key works no more."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now()):
        audit.record(key.team_id, by, "key.revoked", key)


def check_access(provider: Provider) -> list[Check]:
    """`onboarding.check_access`, kept for those who look later; what was held for want of access goes out."""
    lines = onboarding.check_access(provider)
    found = {"at": clock.now(), "lines": [as_kept(asdict(line)) for line in lines]}
    Checkup.objects.update_or_create(provider=provider, defaults=found)
    ringing.ring_portfolios()
    go_on()
    return lines


def mend(provider: Provider, remedy: onboarding.Remedy, by: Actor = SYSTEM) -> list[Check]:
    """`onboarding.apply_remedy`; then Meta is asked how things stand. Raises `GatewayError`."""
    onboarding.apply_remedy(provider, remedy)
    audit.record(provider.team_id, by, f"provider.{remedy.kind}", provider)
    return check_access(provider)


def release(messages: list[Message], by: Actor = SYSTEM) -> int:
    """Have these held messages go on, whatever held them: sent, asked of the bot, or read once more."""
    held = [message for message in messages if message.status == "held"]
    for team_id, number in Counter(message.team_id for message in held).items():
        audit.record(team_id, by, "messages.released", str(number))
    unread = [m for m in held if m.event is not None and m.event.state in (EventState.UNPARSED, EventState.POISONED)]
    count = replaying.replay(m.event_id for m in unread if m.event_id)
    rest = [message for message in held if message not in unread]
    count += outbound_release.release(m.pk for m in rest if m.direction == Direction.OUTBOUND)
    count += inbound_release.release(m.pk for m in rest if m.direction == Direction.INBOUND)
    transaction.on_commit(ringing.ring_work)
    return count


def give_back(ids: list[UUID], by: Actor | None = None) -> int:
    """Have the bot asked again in these conversations, which waited for a person; gives how many.

    `by` is written down where nobody else does.
    """
    if by is not None:
        kept = Conversation.objects.filter(handover.KEPT_FROM_THE_BOT, pk__in=ids)
        for talk in kept.select_related("participant"):
            audit.record(talk.team_id, by, "conversation.handed_back", talk.participant)
    count = handover.give_back(ids)
    transaction.on_commit(ringing.ring_work)
    return count


def replay(ids: list[int]) -> int:
    """Have these events read once more."""
    count = replaying.replay(ids)
    transaction.on_commit(ringing.ring_work)
    return count


def go_on() -> None:
    """Let go of what is held without a cause by now, and call the workers to it. The sweep does so anyway, later."""
    inbound_release.release_held()
    outbound_release.release_held()
    transaction.on_commit(ringing.ring_work)


def _what_changes(model: type[Any], row: Any, changes: Mapping[str, Any]) -> list[str] | None:
    """The names of the columns of `row` that change, or `None` where it is new. Never what is in them."""
    stored = None if row._state.adding else model.objects.filter(pk=row.pk).first()
    if stored is None:
        return None
    return sorted(name for name, value in changes.items() if value != getattr(stored, name))


def _note(by: Actor, kind: str, row: Any, changed: list[str] | None) -> None:
    if changed is None:
        audit.record(row.team_id, by, f"{kind}.added", row)
    elif changed:
        audit.record(row.team_id, by, f"{kind}.changed", row, changed=changed)
