"""The intake: whom to believe, and keeping what they said. The one place that decides it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from threading import Lock

from django.core.exceptions import PermissionDenied

from channels_app import clock
from channels_app.gateways import reader_for
from channels_app.gateways.base import Change, Envelope
from channels_app.inbound import refusals, shelf
from channels_app.inbound.routing import Route, routing
from channels_app.models import EventState


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What of a notification is new: who has to be rung for it."""

    messages: bool
    statuses: bool
    others: bool


class Tally:
    """Counts since the process began, for those who watch."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def add(self, name: str, count: int = 1) -> None:
        with self._lock:
            self._counts[name] += count

    def __getitem__(self, name: str) -> int:
        return self._counts[name]


tally = Tally()


def accept(kind: str, body: bytes, signature: str) -> Kept:
    """Keep every new item whose own number, or account, vouches for the signature; all else is dropped.

    Secrets belong to providers, and one body may address several of them. A team can therefore sign for its own
    numbers only, whatever else it encloses. Raises `MalformedNotification`, `PermissionDenied` where something was
    addressed and nobody vouches for it, `Undecided`, and what the database raises; then nothing is kept.
    """
    reader = reader_for(kind)
    changes = reader.open_notification(body)
    judged: dict[tuple[str, ...], bool] = {}

    def vouches(secrets: tuple[str, ...]) -> bool:
        if secrets not in judged:
            judged[secrets] = reader.is_authentic(body, signature, secrets)
        return judged[secrets]

    items: dict[bytes, shelf.Item] = {}
    addressed = False
    for change in changes:
        routes = routing.takers(change, vouches)
        if routes is None:
            tally.add("unknown", len(change.envelopes))
            continue
        addressed = True
        if not routes:
            refusals.note(change)
        for item in _items(change, routes):
            items.setdefault(item.key, item)
    if not items:
        if addressed and not any(judged.values()):
            raise PermissionDenied("The signature fits none of the providers that are addressed")
        return Kept(messages=False, statuses=False, others=False)
    new = shelf.keep(list(items.values()), clock.now())
    tally.add("kept", len(items))
    return Kept(messages="message" in new, statuses="status" in new, others=bool(new - {"message", "status"}))


def _items(change: Change, routes: Iterable[Route]) -> Iterator[shelf.Item]:
    for route in routes:
        is_unrouted = bool(change.phone_number_id) and route.channel_id is None
        for envelope in change.envelopes if change.phone_number_id else map(_without_number, change.envelopes):
            yield shelf.Item(
                envelope=_fit(envelope),
                key=_key_for(envelope.key, route) if route.channel_id is None else envelope.key,
                team_id=route.team_id,
                provider_id=route.provider_id,
                channel_id=route.channel_id,
                phone_number_id=change.phone_number_id or "",
                state=EventState.UNROUTED if is_unrouted else _first_state(envelope, route),
            )


def _first_state(envelope: Envelope, route: Route) -> EventState:
    """Odd messages of a channel wait, to be listed as held; all else that is odd is kept as it is."""
    if envelope.reason and (envelope.kind != "message" or route.channel_id is None):
        return EventState.UNPARSED
    return EventState.WAITING


def _without_number(envelope: Envelope) -> Envelope:
    """A message or a status has to say which number it was sent to, or from."""
    if envelope.kind in ("message", "status"):
        return replace(envelope, reason=envelope.reason or "It names no phone number id")
    return envelope


def _fit(envelope: Envelope) -> Envelope:
    return replace(envelope, external_id=envelope.external_id[:255])


def _key_for(key: bytes, route: Route) -> bytes:
    """The key of what was offered to several providers, or waits for a channel: each of them keeps its own."""
    return blake2b(key + route.provider_id.bytes, digest_size=16).digest()
