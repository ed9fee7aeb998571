"""A conversation: all that passes between one participant and one channel, and the mailbox that works on it."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Least

from channels_app import clock, window
from channels_app.models.channel import Channel
from channels_app.models.participant import Participant
from channels_app.teams.models import Team, TeamQuerySet


class Conversation(models.Model):
    """As a mailbox: `due_at` says when there is something to do, `bell` counts how often it was rung, and whoever
    holds the lease works on it, alone. `tries` counts the leases that ended without anything done. `in_bulk` says that
    nobody waits for what there is to do: a program asked for it, of its own accord, and answers go first.

    `waiting_since` says since when it waits for a person of the team, and `waiting_why` what for: the bot is not asked
    meanwhile. `taken_by` is the member who took it over then, at `taken_at`. `paused_until` says until when it is not
    asked because a person of the team answered.

    `question_id` is the message with choices that may be answered in words, `history_from` the message after which a
    bot's history begins, `consent_asked_at` when the channel's consent message was promised,
    `off_told_at` when they were told that the channel is off,
    `blocked_at` since when Meta keeps what this person writes from this number.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="conversations")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="conversations")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="conversations")
    service_window_expires_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True, editable=False)
    waiting_why = models.TextField(blank=True, default="", editable=False)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(null=True, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    in_bulk = models.BooleanField(default=False, db_default=False, editable=False)
    bell = models.PositiveIntegerField(default=0, editable=False)
    lease_owner = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    question_id = models.UUIDField(null=True, editable=False)
    history_from = models.UUIDField(null=True, editable=False)
    off_told_at = models.DateTimeField(null=True, editable=False)
    consent_asked_at = models.DateTimeField(null=True, editable=False)
    blocked_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(
                fields=["channel", "in_bulk", "due_at"],
                condition=Q(due_at__isnull=False),
                name="mailboxes_due_in_order",
            ),
            models.Index(fields=["team", "-last_message_at"], name="conversations_of_a_team"),
            models.Index(
                fields=["team", "waiting_since"], condition=Q(waiting_since__isnull=False), name="conversations_waiting"
            ),
            models.Index(fields=["paused_until"], condition=Q(paused_until__isnull=False), name="conversations_paused"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["channel", "participant"], name="one_conversation_per_participant"),
            models.CheckConstraint(
                condition=Q(lease_owner__isnull=True, lease_expires_at__isnull=True)
                | Q(lease_owner__isnull=False, lease_expires_at__isnull=False),
                name="lease_has_owner_and_expiry",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def shut_window(self, refused_at: datetime) -> None:
        """Meta refused a message that was sent at `refused_at`: the window is shut, unless they have written since."""
        written_before = Conversation.objects.filter(
            pk=self.pk, service_window_expires_at__lte=window.after(refused_at, refused_at)
        )
        written_before.update(service_window_expires_at=Least("service_window_expires_at", clock.now()))


class Look(models.Model):
    """How far a member has read a conversation: up to the message `seen`, and all that sorts before it.

    Hidden from the conversation, for it goes with it: where two become one, each member reads the rest anew.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    seen = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation"], name="one_look_per_member")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"
