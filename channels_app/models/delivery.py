"""What passes, either way: messages; and for ours the promise they belong to and every try to send them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from channels_app import clock
from channels_app.models.channel import Channel
from channels_app.models.conversation import Conversation
from channels_app.models.event import InboundEvent
from channels_app.teams.models import Team, TeamQuerySet


class Direction(models.TextChoices):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Status(models.TextChoices):
    RECEIVED = "received"
    ANSWERED = "answered"
    IGNORED = "ignored"
    HELD = "held"
    PENDING = "pending"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"
    EXPIRED = "expired"


INBOUND_STATUSES = (Status.RECEIVED, Status.ANSWERED, Status.IGNORED, Status.HELD)
OUTBOUND_STATUSES = (*(status for status in Status if status not in INBOUND_STATUSES), Status.HELD)

ENDED = (Status.FAILED, Status.EXPIRED)
"""A message of ours that will not arrive."""

PROGRESS = (Status.PENDING, Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.READ, Status.PLAYED)
"""How far a message of ours got: it never moves back."""


class Source(models.TextChoices):
    BOT = "bot"
    API = "api"
    PERSON = "person"
    SYSTEM = "system"


class Delivery(models.Model):
    """Our promise to bring one reply, in one or more messages. `turn_id` says which turn it answers.

    `author` is the member who wrote it, or had it sent again.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="deliveries")
    source = models.CharField(max_length=10, choices=Source.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    reply = models.JSONField()
    turn_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return str(self.id)


class Message(models.Model):
    """One bubble of a conversation. Ids of messages sort as the transcript reads.

    `text` is what was said in it, without a template's own words. `wamid` is Meta's id of it, of the last accepted
    attempt where it is ours. `error` is null or a Problem. `retry_at` says before when a waiting part is not tried,
    or when a bot that failed is asked again;
    `overtakes` that it goes out at once, whatever waits before it (a template planned again after a late refusal).
    `usage` is what a turn cost, in tokens: on the first message of its answer, or, where the bot said nothing, on the
    last one of the turn. `transcript` is what is said in a voice note of theirs, which `text` then says, too.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="messages", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="messages", db_index=False)
    event = models.OneToOneField(InboundEvent, models.SET_NULL, null=True, related_name="message")
    delivery = models.ForeignKey(Delivery, models.CASCADE, null=True, related_name="messages")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    type = models.CharField(max_length=60)
    text = models.TextField(blank=True)
    transcript = models.TextField(blank=True, default="")
    content = models.JSONField(default=dict)
    attachments = models.JSONField(default=list)
    sent_as = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    wamid = models.CharField(max_length=255, blank=True)
    quoted = models.CharField(max_length=255, blank=True)
    error = models.JSONField(null=True)
    usage = models.JSONField(null=True)
    turn_id = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    replans = models.PositiveSmallIntegerField(default=0)
    overtakes = models.BooleanField(default=False)
    unconfirmed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["conversation", "id"], name="messages_of_a_conversation"),
            models.Index(fields=["team", "id"], name="messages_of_a_team"),
            models.Index(fields=["channel", "id"], name="messages_of_a_channel"),
            models.Index(fields=["wamid"], name="messages_by_wamid"),
            models.Index(
                fields=["conversation", "id"],
                condition=Q(status__in=[Status.RECEIVED, Status.PENDING]),
                name="messages_waiting",
            ),
            models.Index(fields=["channel", "id"], condition=Q(status=Status.HELD), name="messages_held"),
            models.Index(
                fields=["team", "conversation", "id"],
                condition=Q(status__in=[Status.FAILED, Status.EXPIRED]),
                name="messages_failed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(direction=Direction.INBOUND, status__in=INBOUND_STATUSES)
                | Q(direction=Direction.OUTBOUND, status__in=OUTBOUND_STATUSES),
                name="message_status_fits_its_direction",
            ),
            models.CheckConstraint(
                condition=Q(direction=Direction.INBOUND, delivery__isnull=True)
                | Q(direction=Direction.OUTBOUND, delivery__isnull=False, conversation__isnull=False),
                name="message_of_ours_has_a_delivery",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Outcome(models.TextChoices):
    OPEN = "open", "under way, or its worker died"
    ACCEPTED = "accepted"
    POSTPONED = "postponed", "to be tried again"
    STEPPED_DOWN = "stepped_down", "a lower rung took over"
    UNKNOWN = "unknown", "went out, and no answer came"
    HELD = "held", "the account has to be mended first"
    GIVEN_UP = "given_up"


class Attempt(models.Model):
    """One try to send one message, written before it is made. Its id goes along, and comes back in statuses."""

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts")
    rung = models.CharField(max_length=20)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.OPEN)
    wamid = models.CharField(max_length=255, blank=True)
    error = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["wamid"], condition=~Q(wamid=""), name="attempts_by_wamid"),
        ]

    def __str__(self) -> str:
        return f"{self.rung} {self.outcome}"


class IdempotencyKey(models.Model):
    """An API caller's word that two requests are one. Lives 24 hours."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_request_per_idempotency_key")]

    def __str__(self) -> str:
        return self.key
