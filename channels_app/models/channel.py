"""A channel: one phone number of a provider, answered by one bot."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from channels_app import clock
from channels_app.bots.models import Bot
from channels_app.models.provider import Provider
from channels_app.naming import NameField
from channels_app.teams.models import Team, TeamQuerySet


class VoiceReplies(models.TextChoices):
    NEVER = "never"
    MATCH = "match", "when voice came"
    ALWAYS = "always"


class Interruption(models.TextChoices):
    """What becomes of a turn when the person writes again while the bot thinks."""

    ANSWER_BOTH = "answer_both", "answer both, one after the other"
    START_OVER = "start_over", "start over, with both as one"


class Channel(models.Model):
    """`phone_number` is E.164; `phone_number_id` is Meta's id of it, which routes what comes in.

    One phone number id is bound to one active channel in the whole installation. `blocked_at` says since when Meta
    refuses this one number.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="channels")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="channels", verbose_name="Messaging Provider")
    bot = models.ForeignKey(Bot, models.PROTECT, related_name="channels")
    name = NameField(max_length=120, blank=True)
    phone_number = models.CharField("WhatsApp Number", max_length=20)
    phone_number_id = models.CharField(max_length=64, editable=False)
    voice_replies = models.CharField(max_length=10, choices=VoiceReplies.choices, default=VoiceReplies.NEVER)
    allowed_senders = models.JSONField(default=list, blank=True)
    answer_within = models.PositiveIntegerField(
        null=True, blank=True, help_text="Seconds. An older message is kept and shown, not answered."
    )
    debounce = models.PositiveSmallIntegerField(
        default=0, help_text="Seconds. Messages that follow each other faster are taken as one turn."
    )
    when_interrupted = models.CharField(
        max_length=12,
        choices=Interruption.choices,
        default=Interruption.ANSWER_BOTH,
        help_text="When the person writes again while the bot thinks.",
    )
    pause_after_answer = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="Seconds for which the bot is not asked after a person of the team answered. 0: it goes on.",
    )
    max_templates = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many templates one reply may take; each is billed."
    )
    reply_expires_after = models.PositiveIntegerField(
        default=14400, help_text="Seconds. A reply that could not be sent within them is not sent any more."
    )
    consent_message = models.TextField(
        blank=True, default="", help_text="Sent once to each person, before the first answer. Markdown."
    )
    reset_message = models.TextField(
        blank=True, default="We start anew.", help_text="The answer to /reset, which begins the history anew."
    )
    unheard_message = models.TextField(
        blank=True,
        default="I cannot listen to voice notes at the moment. Please write to me.",
        help_text="The answer to a voice note that could not be transcribed, for bots that only read. Markdown.",
    )
    echo_transcripts = models.BooleanField(
        default=False, help_text="Show people what was understood of their voice notes, before the answer."
    )
    off_message = models.TextField(
        blank=True,
        default="",
        help_text="Said once to each person who writes while the channel is off; what they write is held. Markdown.",
    )
    is_active = models.BooleanField("active", default=True)
    throughput = models.PositiveSmallIntegerField(default=80, editable=False)
    blocked_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["phone_number_id"], name="channel_by_number")]
        constraints = [
            models.UniqueConstraint(
                fields=["phone_number_id"], condition=Q(is_active=True), name="one_active_channel_per_number"
            ),
            models.CheckConstraint(condition=~Q(phone_number_id=""), name="channel_has_a_number"),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(is_active=False), name="deleted_channel_is_not_active"
            ),
            models.CheckConstraint(
                condition=Q(voice_replies__in=VoiceReplies.values), name="channel_voice_replies_is_known"
            ),
            models.CheckConstraint(
                condition=Q(when_interrupted__in=Interruption.values), name="channel_when_interrupted_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.phone_number


class Pulse(models.Model):
    """When a channel last heard of Meta, kept apart from the channel for it changes all the time."""

    channel = models.OneToOneField(Channel, models.CASCADE, primary_key=True, related_name="pulse")
    last_message_at = models.DateTimeField(null=True)
    last_status_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Pulse of {self.channel_id}"
