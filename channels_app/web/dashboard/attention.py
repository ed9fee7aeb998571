"""Attention: what somebody of the team has to look at."""

from typing import Any

from django.db.models import Count, Q

from channels_app.models import Channel, Conversation, Direction, Message, Notice, Status, Team
from channels_app.web.conversations import finding


def attention(team: Team) -> dict[str, Any]:
    """What somebody has to look at, in a few counts that indexes hold ready."""
    conversations = Conversation.objects.for_team(team).filter(waiting_since__isnull=False)
    waiting = conversations.aggregate(all=Count("pk"), free=Count("pk", filter=Q(taken_by=None)))
    held = Message.objects.for_team(team).filter(status=Status.HELD, direction=Direction.OUTBOUND)
    return {
        "notices": Notice.objects.for_team(team).filter(closed_at=None).select_related("provider", "channel"),
        "waiting": waiting["free"],
        "failed": finding.failed(team).values("conversation").distinct().count(),
        "held": held.filter(channel__in=Channel.objects.for_team(team)).count(),
    }
