"""Blocking: Meta refuses an account, or one number of it, and nothing is sent there until a person has mended that."""

from channels_app import clock, notices
from channels_app.errors import Problem
from channels_app.models import Channel, Provider


def block(channel: Channel, problem: Problem, *, number_only: bool) -> None:
    """Meta refuses this number, or all of its provider: tell the team, and send nothing until that is mended."""
    provider, now = channel.provider, clock.now()
    if number_only:
        channel.blocked_at = now
        Channel.objects.filter(pk=channel.pk, blocked_at=None).update(blocked_at=now)
    else:
        provider.blocked_at = now
        Provider.objects.filter(pk=provider.pk, blocked_at=None).update(blocked_at=now)
    notices.tell(provider, notices.ACCESS, problem, channel if number_only else None)


def unblock(provider: Provider) -> None:
    """The account is believed to be mended: what was held goes out, and whatever still refuses blocks it anew."""
    Provider.objects.filter(pk=provider.pk).update(blocked_at=None)
    notices.close(provider, notices.ACCESS)


def unblock_channel(channel: Channel) -> None:
    """The number is believed to be mended."""
    Channel.objects.filter(pk=channel.pk).update(blocked_at=None)
    notices.close(channel.provider, notices.ACCESS, channel)


def unblock_all(provider: Provider) -> None:
    """The account and each of its numbers are believed to be mended."""
    unblock(provider)
    for channel in Channel.objects.filter(provider=provider).exclude(blocked_at=None).select_related("provider"):
        unblock_channel(channel)
