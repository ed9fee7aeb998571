"""Identity: two ids that prove to be one person, one person who gets another id, and whose number it is by now.

Everything here is called in a transaction. Meta's ids: a user id is one person's for as long as their number stays,
a phone number may pass to somebody else.
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import structlog
from django.db import models
from django.db.models import Q, QuerySet

from channels_app import mailboxes
from channels_app.messages import Address
from channels_app.models import Conversation, Participant, Provider
from channels_app.models.holding import held
from channels_app.models.participant import FORMER

log = structlog.get_logger(__name__)

RECENT = timedelta(days=7)
"""Whoever turned up under an id this long before somebody moved to it is that somebody; who had it earlier is not."""


def differs(person: Participant, seen: Address) -> bool:
    """Whether `seen` has an id of `person` that is news."""
    news = (seen.wa_id not in (None, person.wa_id), seen.user_id not in (None, person.user_id))
    return any(news)


def settle(person: Participant, seen: Address) -> None:
    """`person` was found by one of the ids in `seen`: let all of `seen` be one person, whoever that is.

    The user id decides. A number that comes with another user id than before has passed to somebody else: who had it
    keeps their conversations, and is known by their user id alone.
    """
    by_user = _peers(person).filter(user_id=seen.user_id).first() if seen.user_id else None
    by_number = _peers(person).filter(wa_id=seen.wa_id).first() if seen.wa_id else None
    if by_number and by_number.user_id not in (None, seen.user_id) and seen.user_id:
        _give_up_number(by_number)
        by_number = None
    if by_user and by_number and by_user.pk != by_number.pk:
        elder, younger = sorted((by_user, by_number), key=_age)
        merge(elder, younger, seen)
    elif known := by_user or by_number:
        _rename(known, seen)
    elif seen.user_id:
        Participant.objects.create(
            team_id=person.team_id, portfolio=person.portfolio, wa_id=seen.wa_id, user_id=seen.user_id
        )


def move(provider: Provider, before: Address, now: Address, at: datetime) -> None:
    """WhatsApp says that who was `before` is `now`: their conversations go along."""
    people = Participant.objects.filter(team=provider.team_id, portfolio=provider.portfolio)
    mover = _known_as(people, before)
    if mover is None or not differs(mover, now):
        return
    there = _known_as(people.exclude(pk=mover.pk), now)
    if there is None:
        _rename(mover, now)
    elif there.created_at > at - RECENT or there.user_id == now.user_id is not None:
        ids = Address(wa_id=now.wa_id or there.wa_id, user_id=now.user_id or there.user_id)
        merge(mover, there, ids)
    else:
        _give_up_number(there)
        _rename(mover, now)


def learn_number(person: Participant, wa_id: str) -> None:
    """Meta knows the number of `person` as `wa_id`, whatever was typed: webhooks will say so."""
    there = _peers(person).filter(wa_id=wa_id).exclude(pk=person.pk).first()
    if there is None:
        Participant.objects.filter(pk=person.pk).update(wa_id=wa_id)
    elif None in (there.user_id, person.user_id):
        merge(person, there, Address(wa_id=wa_id, user_id=person.user_id or there.user_id))
    person.wa_id = wa_id


def adopt_portfolio(provider: Provider, portfolio: str) -> None:
    """The account of `provider` belongs to `portfolio`: its people are those of all accounts there."""
    former = f"waba:{provider.waba_id}"
    own = Provider.objects.filter(team=provider.team_id, waba_id=provider.waba_id)
    own.exclude(portfolio=portfolio).update(portfolio=portfolio)
    provider.portfolio = portfolio
    people = Participant.objects.filter(team=provider.team_id)
    for person in people.filter(portfolio=former).order_by("pk"):
        others = people.filter(portfolio=portfolio)
        peers = others.filter(
            Q(wa_id=person.wa_id, wa_id__isnull=False) | Q(user_id=person.user_id, user_id__isnull=False)
        )
        for peer in peers:
            if None not in (peer.user_id, person.user_id) and peer.user_id != person.user_id:
                _give_up_number(min(peer, person, key=_age))
            else:
                ids = Address(wa_id=peer.wa_id or person.wa_id, user_id=peer.user_id or person.user_id)
                merge(person, peer, ids)
        Participant.objects.filter(pk=person.pk).update(portfolio=portfolio)


def merge(kept: Participant, other: Participant, ids: Address) -> None:
    """`other` was `kept` all along: what they wrote and were told becomes one, under `ids`.

    Whoever works on a conversation that goes finds its lease lost, and leaves it to those who have the other.
    """
    for theirs in held(Conversation.objects.filter(participant=other).order_by("pk")):
        same = Conversation.objects.filter(channel=theirs.channel_id, participant=kept)
        mine = held(same.order_by("pk")).first()
        if mine is None:
            Conversation.objects.filter(pk=theirs.pk).update(participant=kept)
        else:
            _join(mine, theirs)
    _hand_over(other, kept, except_for=Conversation)
    _agree_on_wishes(kept, other)
    kept.name, kept.username = kept.name or other.name, kept.username or other.username
    Participant.objects.filter(pk=other.pk).delete()
    kept.wa_id, kept.user_id = ids.wa_id or kept.wa_id, ids.user_id or kept.user_id
    kept.save()
    log.info("participants_merged", kept=str(kept.pk), other=str(other.pk))


def _join(mine: Conversation, theirs: Conversation) -> None:
    """Messages and deliveries go over as they are; their ids keep them in order."""
    _hand_over(theirs, mine)
    later = _latest(mine.service_window_expires_at, theirs.service_window_expires_at)
    asked = [each for each in (mine.consent_asked_at, theirs.consent_asked_at) if each]
    latest = theirs if _is_later(theirs, mine) else mine
    waits = min((each for each in (mine, theirs) if each.waiting_since), key=_waits_since, default=mine)
    begins = [each for each in (mine.history_from, theirs.history_from) if each]
    Conversation.objects.filter(pk=theirs.pk).delete()
    Conversation.objects.filter(pk=mine.pk).update(
        service_window_expires_at=later,
        last_message_at=latest.last_message_at,
        question_id=latest.question_id,
        history_from=max(begins, default=None),
        consent_asked_at=min(asked, default=None),
        waiting_since=waits.waiting_since,
        waiting_why=waits.waiting_why,
        taken_by=waits.taken_by_id,
        taken_at=waits.taken_at,
        paused_until=_latest(mine.paused_until, theirs.paused_until),
    )
    mailboxes.ring([mine.pk])


def _hand_over(
    former: Participant | Conversation, to: Participant | Conversation, except_for: type[models.Model] | None = None
) -> None:
    """All rows that belong to `former` belong to `to`."""
    for relation in former._meta.related_objects:
        name = relation.field.name
        if relation.related_model is not except_for and not relation.one_to_one:
            relation.related_model._base_manager.filter(**{name: former}).update(**{name: to})


def _agree_on_wishes(kept: Participant, other: Participant) -> None:
    """The later word counts."""
    for wish in ("wants_messages", "wants_marketing"):
        since, theirs = getattr(kept, f"{wish}_since"), getattr(other, f"{wish}_since")
        if theirs and (since is None or theirs > since):
            setattr(kept, wish, getattr(other, wish))
            setattr(kept, f"{wish}_since", theirs)


def _rename(person: Participant, ids: Address) -> None:
    news = {kind: value for kind, value in (("wa_id", ids.wa_id), ("user_id", ids.user_id)) if value}
    Participant.objects.filter(pk=person.pk).update(**news)


def _give_up_number(person: Participant) -> None:
    """Known by their user id alone from here on; who has none is reached no more, and stays to be read."""
    left = None if person.user_id else f"{FORMER}{person.pk.hex}"
    Participant.objects.filter(pk=person.pk).update(wa_id=left)


def _peers(person: Participant) -> QuerySet[Participant]:
    return Participant.objects.filter(team=person.team_id, portfolio=person.portfolio)


def _known_as(people: QuerySet[Participant], ids: Address) -> Participant | None:
    found = people.filter(user_id=ids.user_id).first() if ids.user_id else None
    return found or (people.filter(wa_id=ids.wa_id).first() if ids.wa_id else None)


def _age(person: Participant) -> tuple[datetime, str]:
    return person.created_at, person.pk.hex


def _waits_since(conversation: Conversation) -> datetime:
    return conversation.waiting_since or datetime.max.replace(tzinfo=UTC)


def _is_later(one: Conversation, other: Conversation) -> bool:
    return one.last_message_at is not None and one.last_message_at == _latest(
        one.last_message_at, other.last_message_at
    )


def _latest(*moments: datetime | None) -> datetime | None:
    known: Iterable[datetime] = [moment for moment in moments if moment]
    return max(known, default=None)
