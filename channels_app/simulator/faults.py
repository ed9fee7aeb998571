"""What is to go wrong at our Meta: switched on and off by whoever tries things out, asked for where it happens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from channels_app import clock
from channels_app.simulator import again
from channels_app.simulator.models import Fault, SimulatedAccount, SimulatedFault, SimulatedNumber

UNTIL_SWITCHED_OFF = None
EXPIRED = 463
"""Graph's subcode of 190."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How a fault is when a click switches it on: how often it happens, how late, and whether to the whole account."""

    times: int | None = 1
    seconds: float = 0
    account_wide: bool = False


HABITS: Mapping[Fault, Habit] = {
    Fault.TOKEN_EXPIRED: Habit(times=UNTIL_SWITCHED_OFF, account_wide=True),
    Fault.PAYMENT_MISSING: Habit(times=UNTIL_SWITCHED_OFF, account_wide=True),
    Fault.UNREGISTERED: Habit(times=UNTIL_SWITCHED_OFF),
    Fault.MANAGEMENT_TOO_FAST: Habit(times=UNTIL_SWITCHED_OFF, account_wide=True),
    Fault.APP_TOO_FAST: Habit(times=UNTIL_SWITCHED_OFF, account_wide=True),
    Fault.TOO_FAST: Habit(),
    Fault.TOO_FAST_FOR_ONE: Habit(),
    Fault.TOO_FAST_UNSAID: Habit(),
    Fault.BROKEN: Habit(),
    Fault.BROKEN_UNSAID: Habit(),
    Fault.LATE_ANSWER: Habit(seconds=32),
    Fault.LOST_ANSWER: Habit(),
    Fault.WINDOW_REFUSED: Habit(),
    Fault.WINDOW_REPORTED: Habit(),
    Fault.TEMPLATE_REFUSED: Habit(),
    Fault.DUPLICATED: Habit(times=UNTIL_SWITCHED_OFF),
    Fault.REORDERED: Habit(times=UNTIL_SWITCHED_OFF),
    Fault.BATCHED: Habit(times=UNTIL_SWITCHED_OFF),
    Fault.STATUSES_DELAYED: Habit(times=UNTIL_SWITCHED_OFF, seconds=10),
    Fault.STATUSES_LOST: Habit(times=UNTIL_SWITCHED_OFF),
    Fault.DEAF: Habit(times=UNTIL_SWITCHED_OFF),
}


def switch_on(number: SimulatedNumber, kind: Fault, habit: Habit | None = None) -> None:
    """Have `kind` happen at `number` or, where it is the account's, at all its numbers; anew where it is on already."""
    chosen = habit or HABITS[kind]
    SimulatedFault.objects.update_or_create(
        account=number.account,
        number=None if chosen.account_wide else number,
        kind=kind,
        defaults={"remaining": chosen.times, "seconds": chosen.seconds, "created_at": clock.now()},
    )
    if kind == Fault.TOKEN_EXPIRED:
        _trouble_token(number, EXPIRED)


def switch_off(number: SimulatedNumber, *kinds: Fault) -> None:
    """These go wrong no more; without `kinds` nothing does."""
    rows = _of(number)
    (rows.filter(kind__in=kinds) if kinds else rows).delete()
    if not kinds or Fault.TOKEN_EXPIRED in kinds:
        _trouble_token(number, None)


def on(number: SimulatedNumber) -> dict[Fault, SimulatedFault]:
    """What is to go wrong at `number`."""
    return {Fault(row.kind): row for row in _of(number)}


def of_account(account: SimulatedAccount) -> dict[Fault, SimulatedFault]:
    """What is to go wrong for all of an account."""
    return {Fault(row.kind): row for row in SimulatedFault.objects.filter(account=account, number=None)}


def take(number: SimulatedNumber, kind: Fault, body: Mapping[str, Any]) -> SimulatedFault | None:
    """The fault of `kind` that happens to the message `body` now, if one does; that is once less that it will."""
    row = _of(number).filter(kind=kind).first()
    return row if row and not again.is_spared(row, number, body) and happens(row) else None


def happens(fault: SimulatedFault) -> bool:
    """Whether `fault` still happens, for it does not where two ask at once for the last time; counts it."""
    if fault.remaining is UNTIL_SWITCHED_OFF:
        return True
    row = SimulatedFault.objects.filter(pk=fault.pk)
    taken = row.filter(remaining__gt=0).update(remaining=F("remaining") - 1)
    row.filter(remaining=0).delete()
    return bool(taken)


def trouble_of(account: SimulatedAccount) -> int | None:
    """The subcode of what is wrong with the token of `account` at this call, `None` where nothing is."""
    if account.token_trouble is None:
        return None
    row = SimulatedFault.objects.filter(account=account, number=None, kind=Fault.TOKEN_EXPIRED).first()
    if row is None or row.remaining is UNTIL_SWITCHED_OFF:
        return account.token_trouble
    is_first = happens(row)
    if row.remaining <= 1:
        SimulatedAccount.objects.filter(pk=account.pk).update(token_trouble=None)
    return account.token_trouble if is_first else None


def _of(number: SimulatedNumber) -> QuerySet[SimulatedFault]:
    return SimulatedFault.objects.filter(Q(number=number) | Q(account=number.account_id, number=None))


def _trouble_token(number: SimulatedNumber, subcode: int | None) -> None:
    SimulatedAccount.objects.filter(pk=number.account_id).update(token_trouble=subcode)
