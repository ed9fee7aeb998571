"""How fast a number may write: to all people together, and to one.

https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import F, Q

from channels_app import clock
from channels_app.simulator.models import SimulatedChat, SimulatedNumber

A_SECOND = timedelta(seconds=1)
THROUGHPUT: Mapping[str, int] = {"STANDARD": 80, "HIGH": 1000}
ONE_IN = timedelta(seconds=6)
BURST = 45


def allow(number: SimulatedNumber) -> bool:
    """Whether `number` may make one more call now: messages, receipts and typing are one; counts it.

    A second's worth may be used at once, and then as much again in each second that passes.
    """
    return _count(number, most=A_SECOND)


def count_arrival(number: SimulatedNumber) -> None:
    """Count what a person wrote to `number`: it is never refused, but what comes takes from what may go."""
    _count(number, most=2 * A_SECOND)


def allow_to(chat: SimulatedChat) -> bool:
    """Whether the number may write once more in `chat`, which is held; counts it.

    One message in six seconds is paid at once; up to 45 may be borrowed from the future.
    """
    now = clock.now()
    owed = SimulatedChat.objects.values_list("paced_until", flat=True).get(pk=chat.pk)
    until = max(owed or now, now) + ONE_IN
    if until - now > BURST * ONE_IN:
        return False
    SimulatedChat.objects.filter(pk=chat.pk).update(paced_until=until)
    return True


def _count(number: SimulatedNumber, most: timedelta) -> bool:
    """One more, unless `number` would be ahead by more than `most` then."""
    now = clock.now()
    step = A_SECOND / THROUGHPUT.get(number.throughput, THROUGHPUT["STANDARD"])
    row = SimulatedNumber.objects.filter(pk=number.pk)
    if row.filter(Q(paced_until=None) | Q(paced_until__lt=now)).update(paced_until=now + step):
        return True
    return bool(row.filter(paced_until__lte=now + most - step).update(paced_until=F("paced_until") + step))
