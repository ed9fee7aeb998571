"""Whose notification is it: numbers and accounts to channels and providers, kept in the memory of the process."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from uuid import UUID

from django.conf import settings

from channels_app import clock
from channels_app.gateways.base import Change
from channels_app.models import SIMULATED, Channel, Provider, RoutingVersion, timekeeping

FRESH_FOR = 2.0
LOOKUPS = 20
LOOKUPS_WITHIN = 5.0
REMEMBERED_IDS = 10_000


class Undecided(Exception):
    """An id was looked up too often just now to be called unknown once more: Meta shall ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A provider that may vouch for a change, and the channel that then gets it, where there is one."""

    team_id: UUID
    provider_id: UUID
    channel_id: UUID | None
    is_active: bool
    app_secret: str = field(repr=False)
    former_app_secret: str = field(repr=False)
    former_until: datetime | None
    is_served: bool

    def secrets(self) -> tuple[str, ...]:
        """None of a simulated provider where the simulator is off: nobody can have signed for it then."""
        if not self.is_served:
            return ()
        if self.former_app_secret and self.former_until and clock.now() < self.former_until:
            return (self.app_secret, self.former_app_secret)
        return (self.app_secret,)


Routes = tuple[Route, ...]
Vouches = Callable[[tuple[str, ...]], bool]
Lookup = Callable[[str], Routes | None]


class Routing:
    """Routes by phone number id and by account id. Only hits are kept, and for `FRESH_FOR` seconds unasked.

    After that a single number in the database says whether anything has changed since; if so, all is forgotten.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._version = -1
        self._checked_at = float("-inf")
        self._numbers: dict[str, Routes] = {}
        self._accounts: dict[str, Routes] = {}
        self._lookups: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def takers(self, change: Change, vouches: Vouches) -> list[Route] | None:
        """The routes that take `change`; none where nobody's secret vouches for it, `None` where nobody knows it.

        Raises `Undecided`, and whatever the database raises.
        """
        if not change.phone_number_id and not any(change.accounts):
            return None
        self._refresh()
        taken = self._judge(change, vouches, self._numbers.get, self._accounts.get)
        if taken:
            return taken
        if self._may_look_up(change):
            return self._judge(change, vouches, self._look_up_number, self._look_up_account)
        taken = self._judge(change, vouches, self._remembered, self._accounts.get)
        if taken is None:
            raise Undecided
        return taken

    def _judge(self, change: Change, vouches: Vouches, of_number: Lookup, of_account: Lookup) -> list[Route] | None:
        number = change.phone_number_id
        bound = of_number(number) if number else ()
        if bound is None:
            return None
        if bound and bound[0].is_active:
            return [bound[0]] if vouches(bound[0].secrets()) else []
        for route in bound:
            if vouches(route.secrets()):
                return [route]
        accounts = {route.provider_id: route for account in change.accounts for route in of_account(account) or ()}
        if not bound and not accounts:
            return None
        return [route for route in accounts.values() if vouches(route.secrets())]

    def _remembered(self, number: str) -> Routes:
        """What a number that was looked up often enough just now has: what was found then, or no channel."""
        return self._numbers.get(number, ())

    def _look_up_number(self, number: str) -> Routes:
        """The active channel of `number` alone, or else its inactive ones, the newest first."""
        version = self._version
        channels = Channel.objects.filter(phone_number_id=number, deleted_at=None).select_related("provider")
        found = [_route(channel.provider, channel) for channel in channels.order_by("-is_active", "-created_at")]
        routes = tuple(found[:1] if found and found[0].is_active else found)
        return self._remember(self._numbers, number, routes, version)

    def _look_up_account(self, account: str) -> Routes:
        version = self._version
        providers = Provider.objects.filter(waba_id=account, deleted_at=None).order_by("created_at")
        routes = tuple(_route(provider, None) for provider in providers)
        return self._remember(self._accounts, account, routes, version)

    def _remember(self, memory: dict[str, Routes], key: str, routes: Routes, version: int) -> Routes:
        """Keep what was read under `version`; not if all was forgotten meanwhile, for it may be of before."""
        with self._lock:
            if routes and version == self._version:
                memory[key] = routes
            else:
                memory.pop(key, None)
        return routes

    def _refresh(self) -> None:
        """Nobody else waits while the database is asked: it may be away, and each would then wait for all before."""
        if monotonic() - self._checked_at < FRESH_FOR:
            return
        timekeeping.keep()
        version = RoutingVersion.objects.values_list("version", flat=True).first() or 0
        with self._lock:
            self._checked_at = monotonic()
            if version != self._version:
                self._version = version
                self._numbers.clear()
                self._accounts.clear()

    def _may_look_up(self, change: Change) -> bool:
        """Whether the database may be asked about this id once more: `LOOKUPS` times within `LOOKUPS_WITHIN` s."""
        subject = change.phone_number_id or "\0".join(change.accounts)
        with self._lock:
            since, count = self._lookups.pop(subject, (0.0, 0))
            if monotonic() - since > LOOKUPS_WITHIN:
                since, count = monotonic(), 0
            self._lookups[subject] = (since, count + 1)
            while len(self._lookups) > REMEMBERED_IDS:
                self._lookups.popitem(last=False)
            return count < LOOKUPS


def _route(provider: Provider, channel: Channel | None) -> Route:
    changed_at = provider.app_secret_changed_at
    overlap = timedelta(seconds=settings.APP_SECRET_OVERLAP)
    return Route(
        team_id=provider.team_id,
        provider_id=provider.id,
        channel_id=channel.id if channel else None,
        is_active=channel.is_active if channel else False,
        app_secret=provider.app_secret,
        former_app_secret=provider.former_app_secret,
        former_until=changed_at + overlap if changed_at else None,
        is_served=settings.SIMULATOR or provider.kind != SIMULATED,
    )


routing = Routing()
