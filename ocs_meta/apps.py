"""Starts what every process of ours has, once Django has its settings."""

from django.apps import AppConfig
from django.conf import settings

from ocs_meta import celery, sentry

__all__ = ["WiringConfig", "celery"]


class WiringConfig(AppConfig):
    name = "ocs_meta"
    verbose_name = "Wiring"

    def ready(self) -> None:
        sentry.start(settings.SENTRY_DSN)
