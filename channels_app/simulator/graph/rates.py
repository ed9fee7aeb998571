"""How fast a number may write: to all people together, and to one.

https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
"""

from collections.abc import Mapping
from datetime import timedelta

from channels_app import clock
from channels_app.simulator.graph import refusals_of_messages
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage, SimulatedNumber

A_SECOND = timedelta(seconds=1)
THROUGHPUT: Mapping[str, int] = {"STANDARD": 80, "HIGH": 1000}
ONE_IN = timedelta(seconds=6)
BURST = 45


def require_throughput(number: SimulatedNumber) -> None:
    """Raises `Refusal` where the number has written as much within the last second as it may."""
    most = THROUGHPUT.get(number.throughput, THROUGHPUT["STANDARD"])
    newest_first = SimulatedMessage.objects.filter(number=number, author=Author.NUMBER).order_by("-id")
    last = newest_first.values_list("created_at", flat=True)[most - 1 : most].first()
    if last is not None and clock.now() - last < A_SECOND:
        raise refusals_of_messages.too_many()


def count(chat: SimulatedChat) -> None:
    """Count one more message in `chat`, which is held. Raises `Refusal` where the number is too far ahead.

    One message in six seconds is paid at once; up to 45 may be borrowed from the future.
    """
    now = clock.now()
    owed = SimulatedChat.objects.values_list("paced_until", flat=True).get(pk=chat.pk)
    until = max(owed or now, now) + ONE_IN
    if until - now > BURST * ONE_IN:
        raise refusals_of_messages.too_many_to_one()
    SimulatedChat.objects.filter(pk=chat.pk).update(paced_until=until)
