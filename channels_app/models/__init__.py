"""The rows: one module for each story, gathered here for Django and for those who need several."""

from channels_app.bots.models import AiProvider, Bot
from channels_app.models.channel import Channel, Interruption, Pulse, VoiceReplies
from channels_app.models.checkup import Checkup
from channels_app.models.conversation import Conversation, Look
from channels_app.models.counted import CountedDay
from channels_app.models.delivery import (
    ENDED,
    PROGRESS,
    Attempt,
    Delivery,
    Direction,
    IdempotencyKey,
    Message,
    Outcome,
    Source,
    Status,
)
from channels_app.models.event import EventState, InboundEvent
from channels_app.models.media import Fetch, KeptFile, Upload
from channels_app.models.notice import Notice, RefusalCount, RoutingVersion
from channels_app.models.participant import Participant
from channels_app.models.provider import META, SIMULATED, SIMULATED_PREFIX, Provider
from channels_app.teams.audit import AuditEvent
from channels_app.teams.invitations import Invitation
from channels_app.teams.models import ApiKey, Membership, Team, User
from channels_app.teams.roles import Capability, Role

__all__ = [
    "ENDED",
    "META",
    "PROGRESS",
    "SIMULATED",
    "SIMULATED_PREFIX",
    "AiProvider",
    "ApiKey",
    "Attempt",
    "AuditEvent",
    "Bot",
    "Capability",
    "Channel",
    "Checkup",
    "Conversation",
    "CountedDay",
    "Delivery",
    "Direction",
    "EventState",
    "Fetch",
    "IdempotencyKey",
    "InboundEvent",
    "Interruption",
    "Invitation",
    "KeptFile",
    "Look",
    "Membership",
    "Message",
    "Notice",
    "Outcome",
    "Participant",
    "Provider",
    "Pulse",
    "RefusalCount",
    "Role",
    "RoutingVersion",
    "Source",
    "Status",
    "Team",
    "Upload",
    "User",
    "VoiceReplies",
]
