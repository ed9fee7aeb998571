"""Rows of what was made to go wrong at our Meta, and of what passed on the wire."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from channels_app import clock
from channels_app.teams.models import Team, TeamQuerySet


class Fault(models.TextChoices):
    """What may be made to go wrong, each under the name of its switch."""

    TOKEN_EXPIRED = "token_expired", "Token expired"
    PAYMENT_MISSING = "payment_missing", "Payment missing"
    UNREGISTERED = "unregistered", "Number unregistered"
    MANAGEMENT_TOO_FAST = "management_too_fast", "Management limit"
    APP_TOO_FAST = "app_too_fast", "Limit of the app"
    TOO_FAST = "too_fast", "Rate limit"
    TOO_FAST_FOR_ONE = "too_fast_for_one", "Rate limit for this person"
    TOO_FAST_UNSAID = "too_fast_unsaid", "Rate limit, empty answer"
    BROKEN = "broken", "Fault of Meta's"
    BROKEN_UNSAID = "broken_unsaid", "Broken page"
    LATE_ANSWER = "late_answer", "Answer too late"
    LOST_ANSWER = "lost_answer", "Answer lost"
    WINDOW_REFUSED = "window_refused", "Window closed, at once"
    WINDOW_REPORTED = "window_reported", "Window closed, by status"
    TEMPLATE_REFUSED = "template_refused", "Refused when sent"
    DUPLICATED = "duplicated", "Twice"
    REORDERED = "reordered", "In the wrong order"
    BATCHED = "batched", "In batches"
    STATUSES_DELAYED = "statuses_delayed", "Statuses late"
    STATUSES_LOST = "statuses_lost", "No statuses"
    DEAF = "deaf", "None at all"


class SimulatedFault(models.Model):
    """A fault that is on, for one number or, without one, for all of an account.

    It ends when it has happened `remaining` times, or where that is null when somebody switches it off. `seconds`
    says how late the late ones are.
    """

    account = models.ForeignKey("channels_app.SimulatedAccount", models.CASCADE, related_name="faults")
    number = models.ForeignKey("channels_app.SimulatedNumber", models.CASCADE, null=True, related_name="faults")
    kind = models.CharField(max_length=30)
    remaining = models.PositiveSmallIntegerField(null=True)
    seconds = models.FloatField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=Q(number__isnull=True), name="one_simulated_fault_per_account"
            ),
            models.UniqueConstraint(fields=["number", "kind"], name="one_simulated_fault_per_number"),
        ]

    def __str__(self) -> str:
        return self.kind


class Wire(models.TextChoices):
    GRAPH = "graph", "Graph"
    WEBHOOK = "webhook", "Webhook"


class SimulatedExchange(models.Model):
    """A request and its answer, either way, as JSON where they were that, and without any secret.

    `wamids` are the messages it speaks of, one on each line; `status` is null where no answer came.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False)
    number = models.ForeignKey("channels_app.SimulatedNumber", models.CASCADE, null=True, related_name="+")
    wire = models.CharField(max_length=10)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    query = models.JSONField(default=dict)
    headers = models.JSONField(default=dict)
    sent = models.JSONField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    received = models.JSONField(null=True)
    remark = models.CharField(max_length=120, blank=True)
    wamids = models.TextField(blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["team", "id"], name="simulated_exchanges_of_a_team")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
