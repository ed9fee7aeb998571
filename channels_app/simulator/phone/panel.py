"""The panel of faults beside the phone: what is on, what may be switched on, and what the product made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from django.conf import settings

from channels_app import settling
from channels_app.simulator import accounts, faults, reviewing
from channels_app.simulator.models import Fault, SimulatedChat, SimulatedFault, SimulatedNumber
from channels_app.simulator.phone import outcomes
from channels_app.simulator.phone.outcomes import Made

BLOCKING = frozenset({Fault.TOKEN_EXPIRED, Fault.PAYMENT_MISSING, Fault.UNREGISTERED})
"""After these our product waits until somebody has mended them, and says so."""
GROUPS: Sequence[tuple[str, Sequence[tuple[Fault, str]]]] = (
    (
        "Access",
        (
            (Fault.TOKEN_EXPIRED, "190/463 to every call"),
            (Fault.PAYMENT_MISSING, "131042 to every send"),
            (Fault.UNREGISTERED, "133010 to every send"),
            (Fault.MANAGEMENT_TOO_FAST, "80007 to all but sends"),
            (Fault.APP_TOO_FAST, "4 to all but sends"),
        ),
    ),
    (
        "The next message",
        (
            (Fault.TOO_FAST, "130429"),
            (Fault.TOO_FAST_FOR_ONE, "131056"),
            (Fault.TOO_FAST_UNSAID, "429 and no word"),
            (Fault.BROKEN, "500 with 131000"),
            (Fault.BROKEN_UNSAID, "502 from a proxy"),
            (Fault.LATE_ANSWER, "taken; the answer comes after 32 s"),
            (Fault.LOST_ANSWER, "taken; the connection breaks"),
            (Fault.WINDOW_REFUSED, "131047, unless it is a template"),
            (Fault.WINDOW_REPORTED, "taken; then failed with 131047"),
            (Fault.TEMPLATE_REFUSED, "132007, if it is a template"),
        ),
    ),
    (
        "Webhooks",
        (
            (Fault.DUPLICATED, "each comes a second time"),
            (Fault.REORDERED, "the last of 2 s first"),
            (Fault.BATCHED, "several people in one"),
            (Fault.STATUSES_DELAYED, "by 10 s"),
            (Fault.STATUSES_LOST, "messages alone come"),
            (Fault.DEAF, "nothing comes, now or later"),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One fault: `means` says what Meta does then, `remaining` how often still, where that is counted."""

    kind: Fault
    means: str
    is_on: bool
    remaining: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """`seen` is to be given at the next look."""

    seen: str
    groups: Sequence[tuple[str, Sequence[Switch]]]
    verdict: str
    verdicts: Sequence[str]
    is_hidden: bool
    count: int
    made: Made | None
    told: Sequence[str]
    is_alone: bool


def look(chat: SimulatedChat, seen: str = "") -> Panel | None:
    """What there is to see, or `None` where that is what was `seen`."""
    on, made, told = faults.on(chat.number), outcomes.made_of(chat), outcomes.told_of(chat)
    verdict = reviewing.verdict(chat.number.account)
    facts = ([(row.kind, row.remaining) for row in on.values()], made, told, verdict, chat.person.hidden_number)
    digest = f"{crc32(repr(facts).encode()):08x}"
    if digest == seen:
        return None
    return Panel(
        seen=digest,
        groups=[(name, [_switch(kind, means, on) for kind, means in kinds]) for name, kinds in GROUPS],
        verdict=verdict,
        verdicts=reviewing.VERDICTS,
        is_hidden=chat.person.hidden_number,
        count=len(on) + (verdict != reviewing.APPROVED),
        made=made,
        told=told,
        is_alone=settings.SIMULATOR_ALONE,
    )


def switch(number: SimulatedNumber, kind: Fault, wanted: bool | None = None) -> None:
    """Have `kind` be as is `wanted`, by default otherwise than it is.

    Where one is switched off for which the product waits, it is told to go on, as after "Check access".
    """
    is_on = kind in faults.on(number)
    if wanted is is_on:
        return
    if not is_on:
        faults.switch_on(number, kind)
        return
    faults.switch_off(number, kind)
    if kind in BLOCKING:
        _go_on(number)


def mend(number: SimulatedNumber) -> None:
    """Nothing goes wrong any more."""
    faults.switch_off(number)
    reviewing.judge(number.account, reviewing.APPROVED)
    _go_on(number)


def _go_on(number: SimulatedNumber) -> None:
    if settings.SIMULATOR_ALONE:
        return
    for provider in accounts.providers_of(number.account):
        settling.check_access(provider)


def _switch(kind: Fault, means: str, on: Mapping[Fault, SimulatedFault]) -> Switch:
    row = on.get(kind)
    return Switch(kind=kind, means=means, is_on=row is not None, remaining=row.remaining if row else None)
