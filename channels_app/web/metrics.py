"""/metrics: what Prometheus is told, counted in the database when it asks, so that any process answers for all."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from channels_app import clock
from channels_app.inbound.intake import tally
from channels_app.models import Conversation, EventState, InboundEvent, Message, Notice, Provider, Status

RECENT = timedelta(hours=1)
TALLIED = ("kept", "unknown")


class _Rows(Collector):
    """Only what an index holds ready is counted: a scrape must stay cheap when there are millions of rows."""

    def collect(self) -> Iterator[Metric]:
        yield from (_events(), _mailboxes(), _waiting(), _recent(), _trouble(), _intake())


def metrics(request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(_Rows())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _events() -> Metric:
    found = GaugeMetricFamily("ocs_meta_events_waiting", "Inbound events not yet worked on.", labels=["kind"])
    waiting = InboundEvent.objects.filter(state=EventState.WAITING)
    for row in waiting.order_by("kind").values("kind").annotate(count=Count("pk")):
        found.add_metric([row["kind"]], row["count"])
    return found


def _mailboxes() -> Metric:
    now = clock.now()
    due = Q(due_at__lte=now)
    leased = Q(lease_expires_at__gt=now)
    counts = Conversation.objects.filter(due_at__isnull=False).aggregate(
        due=Count("pk", filter=due & ~leased), leased=Count("pk", filter=leased), later=Count("pk", filter=~due)
    )
    found = GaugeMetricFamily("ocs_meta_mailboxes", "Conversations in which something is to be done.", labels=["state"])
    for state, count in counts.items():
        found.add_metric([state], count)
    return found


def _waiting() -> Metric:
    found = GaugeMetricFamily("ocs_meta_messages_waiting", "Messages that wait or are held.", labels=["status"])
    for status in (Status.RECEIVED, Status.PENDING, Status.HELD):
        found.add_metric([status], Message.objects.filter(status=status).count())
    return found


def _recent() -> Metric:
    """By id, for ids sort by the time they were made at."""
    milliseconds = int((clock.now() - RECENT).timestamp() * 1000)
    rows = Message.objects.filter(pk__gte=UUID(int=milliseconds << 80))
    found = GaugeMetricFamily(
        "ocs_meta_messages_last_hour", "Messages made within the last hour.", labels=["direction", "status"]
    )
    for row in rows.order_by("direction", "status").values("direction", "status").annotate(count=Count("pk")):
        found.add_metric([row["direction"], row["status"]], row["count"])
    return found


def _trouble() -> Metric:
    found = GaugeMetricFamily("ocs_meta_trouble", "What a person has to look at.", labels=["what"])
    found.add_metric(["open_notices"], Notice.objects.filter(closed_at=None).count())
    found.add_metric(["blocked_providers"], Provider.objects.exclude(blocked_at=None).filter(deleted_at=None).count())
    return found


def _intake() -> Metric:
    found = CounterMetricFamily(
        "ocs_meta_webhook_items", "Items of webhooks since this process began.", labels=["outcome"]
    )
    for outcome in TALLIED:
        found.add_metric([outcome], tally[outcome])
    return found
