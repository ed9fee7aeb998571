"""Meta's webhook as the intake and the mailbox know it, for settings.NOTIFICATION_READERS."""

from collections.abc import Iterable

from channels_app.gateways.meta.news import read_news
from channels_app.gateways.meta.notification import open_notification
from channels_app.gateways.meta.reading import read_message, read_status
from channels_app.graph.signature import is_signed


def is_authentic(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """Whether one of these app secrets signed these very bytes; `signature` is the header X-Hub-Signature-256."""
    return is_signed(body, signature, secrets)


class MetaReader:
    """A `NotificationReader`, and no state of its own."""

    open_notification = staticmethod(open_notification)
    is_authentic = staticmethod(is_authentic)
    read_message = staticmethod(read_message)
    read_status = staticmethod(read_status)
    read_news = staticmethod(read_news)
