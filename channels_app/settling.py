"""Settling: a provider, a channel or a bot is saved, and whatever waited for that goes on. All doors save here."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from channels_app import onboarding, ringing
from channels_app.bots import setup
from channels_app.bots.models import Bot
from channels_app.gateways.base import Check
from channels_app.inbound import handover, replaying, unrouted
from channels_app.inbound import release as inbound_release
from channels_app.models import Channel, Direction, EventState, Message, Provider
from channels_app.outbound import release as outbound_release

ANSWERING = frozenset({"is_active", "engine", "config", "ai_provider", "secret"})
ROUTING = frozenset({"is_active", "provider", "phone_number_id", "bot"})


def save_provider(provider: Provider, changes: Mapping[str, str]) -> None:
    """`onboarding.save_provider`; what was held for want of access goes out."""
    onboarding.save_provider(provider, changes)
    transaction.on_commit(ringing.ring_portfolios)
    go_on()


def save_channel(channel: Channel, changes: Mapping[str, Any]) -> None:
    """`onboarding.save_channel`; what came for the number before, or was held, is answered."""
    onboarding.save_channel(channel, changes)
    if ROUTING & changes.keys():
        unrouted.release_into(channel)
        go_on()


def save_bot(bot: Bot, changes: Mapping[str, Any]) -> None:
    """Keep cleaned `changes`; what was held while the bot was switched off, or could not answer, is answered."""
    setup.save(bot, changes)
    if ANSWERING & changes.keys():
        inbound_release.release_set_aside(bot)
        go_on()


def check_access(provider: Provider) -> list[Check]:
    """`onboarding.check_access`; what was held for want of access goes out."""
    lines = onboarding.check_access(provider)
    ringing.ring_portfolios()
    go_on()
    return lines


def release(messages: list[Message]) -> int:
    """Have these held messages go on, whatever held them: sent, asked of the bot, or read once more."""
    held = [message for message in messages if message.status == "held"]
    unread = [m for m in held if m.event is not None and m.event.state in (EventState.UNPARSED, EventState.POISONED)]
    count = replaying.replay(m.event_id for m in unread if m.event_id)
    rest = [message for message in held if message not in unread]
    count += outbound_release.release(m.pk for m in rest if m.direction == Direction.OUTBOUND)
    count += inbound_release.release(m.pk for m in rest if m.direction == Direction.INBOUND)
    transaction.on_commit(ringing.ring_work)
    return count


def give_back(ids: list[UUID]) -> int:
    """Have the bot asked again in these conversations, which waited for a person; gives how many."""
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
