"""Inbound events: every item of every webhook, kept as it came, once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from channels_app import clock
from channels_app.models.channel import Channel
from channels_app.models.provider import Provider
from channels_app.teams.models import Team, TeamQuerySet


class EventState(models.TextChoices):
    WAITING = "waiting", "waiting to be worked on"
    DONE = "done"
    KEPT = "kept", "kept, nothing to do"
    UNPARSED = "unparsed", "could not be read"
    UNMATCHED = "unmatched", "status of a message that is not ours (yet)"
    UNROUTED = "unrouted", "its number has no channel yet"
    POISONED = "poisoned", "set aside: it broke its worker"


class InboundEvent(models.Model):
    """`raw` are the bytes of the one item, `contact` those of the contact that came with it. `key` holds the once.

    Each webhook writes here, so the database does not look up, and lock, its team, provider and channel once more: what
    comes for one of them while it is deleted is nobody's, and is set aside.

    `replaced` says that it took the place of an `unsupported` one, whose message is there already.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.BinaryField(max_length=32, unique=True, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    channel = models.ForeignKey(
        Channel, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=10)
    field = models.CharField(max_length=60)
    type = models.CharField(max_length=60)
    phone_number_id = models.CharField(max_length=64, blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    wa_id = models.CharField(max_length=140, blank=True)
    user_id = models.CharField(max_length=140, blank=True)
    in_group = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=clock.now)
    raw = models.BinaryField()
    contact = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.WAITING)
    reason = models.CharField(max_length=255, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    replaced = models.BooleanField(default=False)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "id"], condition=Q(state=EventState.WAITING), name="events_waiting"),
            models.Index(
                fields=["channel", "id"],
                condition=Q(state=EventState.WAITING, kind="message"),
                name="messages_to_be_received",
            ),
            models.Index(fields=["phone_number_id"], condition=Q(state=EventState.UNROUTED), name="events_unrouted"),
            models.Index(fields=["external_id"], condition=Q(state=EventState.UNMATCHED), name="events_unmatched"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="event_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id or self.id}"
