"""Carriers by name: the code that speaks for a provider, wired by settings.GATEWAYS."""

from functools import lru_cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from channels_app.gateways.base import Gateway, NotificationReader
from channels_app.models import Provider


class GatewayClass(Protocol):
    """What settings.GATEWAYS names."""

    def for_provider(self, provider: Provider) -> Gateway: ...


@lru_cache
def _gateway_class(kind: str) -> GatewayClass:
    return cast(GatewayClass, import_string(settings.GATEWAYS[kind]))


def gateway_for(provider: Provider) -> Gateway:
    """Who speaks for `provider`. Cheap to ask for: connections belong to the process."""
    return _gateway_class(provider.kind).for_provider(provider)


@lru_cache
def reader_for(carrier: str) -> NotificationReader:
    """Who reads the notifications of a carrier, whoever they are for."""
    return cast(NotificationReader, import_string(settings.NOTIFICATION_READERS[carrier]))
