"""Conversations: whose message is it, who are they, and what does it change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from channels_app import identity
from channels_app.messages import Address
from channels_app.models import Channel, Conversation, Participant
from channels_app.models.holding import held
from channels_app.models.together import Write, changing_each

Key = tuple[object, ...]

SETTLED_AFTER = 3  # rounds: where two in one batch claim the same number, the last one has it
NOTED = (
    *("service_window_expires_at", "last_message_at", "due_at", "in_bulk", "bell"),
    *("lease_owner", "lease_expires_at", "tries"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something that came from somebody, on a channel. `opens_until` says until when it lets us write freely."""

    channel: Channel
    address: Address
    name: str = ""
    username: str = ""
    at: datetime | None = None
    opens_until: datetime | None = None
    due_at: datetime | None = None


def find_or_make(arrivals: Sequence[Arrival]) -> list[Conversation]:
    """The conversation of each of `arrivals`, in their order; people and conversations that are new are made.

    To be called in a transaction: it holds the conversations until that ends, and they are as they are.
    """
    placed = _found_or_made(arrivals)
    for _ in range(SETTLED_AFTER):
        pairs = [
            (conversation.participant, arrival.address) for conversation, arrival in zip(placed, arrivals, strict=True)
        ]
        odd = [(person, seen) for person, seen in pairs if identity.differs(person, seen)]
        if not odd:
            break
        for person, seen in odd:
            identity.settle(person, seen)
        placed = _found_or_made(arrivals)
    for arrival, conversation in zip(arrivals, placed, strict=True):
        _learn(conversation.participant, arrival)
    return placed


def _found_or_made(arrivals: Sequence[Arrival]) -> list[Conversation]:
    found = _find(arrivals)
    missing = [arrival for arrival in arrivals if found.of(arrival) is None]
    if missing:
        senders = people(missing)
        made = {
            (arrival.channel.pk, person.pk): Conversation(
                team_id=person.team_id, channel=arrival.channel, participant=person
            )
            for arrival, person in zip(missing, senders, strict=True)
        }
        Conversation.objects.bulk_create([made[key] for key in sorted(made)], ignore_conflicts=True)
        found = _find(arrivals)
    return [conversation for arrival in arrivals if (conversation := found.of(arrival))]


class _Found:
    """Conversations by channel and each of their participant's ids."""

    def __init__(self, rows: Iterable[Conversation]) -> None:
        self._by_key: dict[Key, Conversation] = {}
        for row in rows:
            for key in _ids(Address(wa_id=row.participant.wa_id, user_id=row.participant.user_id)):
                self._by_key[row.channel_id, row.participant.portfolio, *key] = row

    def of(self, arrival: Arrival) -> Conversation | None:
        scope = (arrival.channel.pk, arrival.channel.provider.portfolio)
        keys = [(*scope, *key) for key in reversed(_ids(arrival.address))]  # the user id decides
        return next((self._by_key[key] for key in keys if key in self._by_key), None)


def _find(arrivals: Sequence[Arrival]) -> _Found:
    rows = Conversation.objects.filter(
        _named(arrivals, "participant__"), channel__in={arrival.channel.pk for arrival in arrivals}
    )
    return _Found(held(rows.select_related("participant").order_by("pk")))


def _named(arrivals: Sequence[Arrival], path: str = "") -> Q:
    wa_ids = {arrival.address.wa_id for arrival in arrivals if arrival.address.wa_id}
    user_ids = {arrival.address.user_id for arrival in arrivals if arrival.address.user_id}
    return Q(**{f"{path}wa_id__in": wa_ids}) | Q(**{f"{path}user_id__in": user_ids})


def _ids(address: Address) -> list[tuple[str, str]]:
    return [(kind, value) for kind, value in (("wa_id", address.wa_id), ("user_id", address.user_id)) if value]


def people(arrivals: Sequence[Arrival]) -> list[Participant]:
    """The participant of each of `arrivals`, made where there is none."""
    known = _people(arrivals)
    new: dict[Key, Participant] = {}
    for arrival in arrivals:
        keys = _keys(arrival)
        if not any(key in known or key in new for key in keys):
            new |= dict.fromkeys(keys, _stranger(arrival))
    if new:
        strangers = {person.pk: person for person in new.values()}.values()
        ordered = sorted(strangers, key=lambda person: (person.wa_id or "", person.user_id or ""))
        Participant.objects.bulk_create(ordered, ignore_conflicts=True)
        known = _people(arrivals)
    return [next(known[key] for key in reversed(_keys(arrival)) if key in known) for arrival in arrivals]


def _people(arrivals: Sequence[Arrival]) -> dict[Key, Participant]:
    rows: QuerySet[Participant] = Participant.objects.filter(
        _named(arrivals),
        team__in={arrival.channel.team_id for arrival in arrivals},
        portfolio__in={arrival.channel.provider.portfolio for arrival in arrivals},
    )
    return {(row.team_id, row.portfolio, *key): row for row in rows for key in _ids(row.address)}


def _keys(arrival: Arrival) -> list[Key]:
    return [(arrival.channel.team_id, arrival.channel.provider.portfolio, *key) for key in _ids(arrival.address)]


def _stranger(arrival: Arrival) -> Participant:
    return Participant(
        team_id=arrival.channel.team_id,
        portfolio=arrival.channel.provider.portfolio,
        wa_id=arrival.address.wa_id,
        user_id=arrival.address.user_id,
        name=arrival.name[:255],
        username=arrival.username[:64],
    )


def _learn(person: Participant, arrival: Arrival) -> None:
    """Take over a name that changed."""
    news: dict[str, str] = {}
    if arrival.name and arrival.name[:255] != person.name:
        news["name"] = arrival.name[:255]
    if arrival.username and arrival.username[:64] != person.username:
        news["username"] = arrival.username[:64]
    if news:
        Participant.objects.filter(pk=person.pk).update(**news)
        for name, value in news.items():
            setattr(person, name, value)


def note(conversation: Conversation, arrivals: Sequence[Arrival]) -> None:
    """What `arrivals` mean for a held conversation: the window moves forward only, and the bell is rung."""
    due = min((arrival.due_at for arrival in arrivals if arrival.due_at), default=None)
    for arrival in arrivals:
        conversation.service_window_expires_at = _later(conversation.service_window_expires_at, arrival.opens_until)
        conversation.last_message_at = _later(conversation.last_message_at, arrival.at)
    if due:
        conversation.due_at = min(conversation.due_at or due, due)
        conversation.in_bulk = False
        conversation.bell += 1


def noting(noted: Iterable[Conversation]) -> list[Write]:
    """The writes that keep what was noted of held conversations, and the leases that were taken of them."""
    return changing_each(Conversation, {row.pk: {name: getattr(row, name) for name in NOTED} for row in noted})


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other
