"""What the product made of what happened at our Meta: of its own last message, and of the webhooks it was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from channels_app import clock
from channels_app.errors import Problem
from channels_app.models import Attempt, Direction, Message, Outcome, Status
from channels_app.simulator.models import (
    Author,
    SimulatedChat,
    SimulatedExchange,
    SimulatedMessage,
    SimulatedWebhook,
    Wire,
)

WORDS: Mapping[str, str] = {
    Status.PENDING: "Waiting to be sent",
    Status.HELD: "Held",
    Status.ACCEPTED: "Taken by Meta",
    Status.SENT: "Sent",
    Status.DELIVERED: "Delivered",
    Status.READ: "Read",
    Status.PLAYED: "Played",
    Status.FAILED: "Failed",
    Status.EXPIRED: "Not sent in time",
}
OF_ARRIVALS: Mapping[str, str] = {
    "received": "waits for the bot",
    "answered": "is answered",
    "ignored": "asks nothing of the bot",
    "held": "is held",
}
OF_ANSWERS: Mapping[str, str] = {
    Status.PENDING: "waits to be sent",
    Status.HELD: "is held",
    Status.FAILED: "failed",
    Status.EXPIRED: "was not sent in time",
}
"""What became of the answer to something that the bot has answered, and that the person has not got."""
TIMES = ("once", "twice")
ARRIVES_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the product made of its last message to the person. `retry_at` says when it tries again.

    `waits_for` is what an earlier one says that is not through yet; `in_doubt` is about whichever of them is first.
    `held_for` is for want of what it was held before it went on.
    """

    status: str
    words: str
    sent_as: str
    text: str
    problem: Problem | None
    retry_at: datetime | None
    in_doubt: bool
    tries: int
    waits_for: str
    held_for: Problem | None


def made_of(chat: SimulatedChat) -> Made | None:
    """What became of the last message to the person, as the product knows."""
    ours = _messages(chat, Direction.OUTBOUND)
    last = ours.order_by("-id").first()
    if last is None:
        return None
    is_open = last.status in (Status.PENDING, Status.HELD)
    first = (ours.filter(status__in=[Status.PENDING, Status.HELD]).order_by("id").first() or last) if is_open else last
    attempts = Attempt.objects.filter(message__in={last.pk, first.pk}).order_by("id")
    outcomes = [(attempt.message_id, attempt.outcome) for attempt in attempts]
    of_first = [outcome for pk, outcome in outcomes if pk == first.pk]
    waits = first.status == Status.PENDING and first.retry_at is not None and first.retry_at > clock.now()
    return Made(
        status=last.status,
        words=WORDS[last.status],
        sent_as=last.sent_as,
        text=last.text[:80],
        problem=Problem(**last.error) if last.error else None,
        retry_at=first.retry_at if waits else None,
        in_doubt=first.status == Status.PENDING and of_first[-1:] == [Outcome.UNKNOWN],
        tries=sum(pk == last.pk for pk, _ in outcomes),
        waits_for=first.text[:80] if first.pk != last.pk else "",
        held_for=_held_for(last),
    )


def _held_for(message: Message) -> Problem | None:
    if message.status in (Status.HELD, Status.PENDING):
        return None  # it is held, or is about to be
    held = Attempt.objects.filter(message=message, outcome=Outcome.HELD).order_by("id").last()
    return Problem(**held.error) if held and held.error else None


def told_of(chat: SimulatedChat) -> list[str]:
    """What webhooks told of the last message either way, in sentences; nothing where nobody has written yet.

    Of an answer that was before the one that the product has to send now, nothing is said.
    """
    arrival, answer = _last(chat, Author.PERSON), _last(chat, Author.NUMBER)
    lines = [_of_arrival(chat, arrival)] if arrival else []
    if answer is not None and _is_latest(chat, answer, arrival):
        lines.append(_of_statuses(chat, answer))
    return lines


def _is_latest(chat: SimulatedChat, answer: SimulatedMessage, arrival: SimulatedMessage | None) -> bool:
    """Whether `answer` is the product's last message, by its id or, while that is in doubt, by what came along."""
    if settings.SIMULATOR_ALONE:
        return arrival is None or arrival.pk < answer.pk
    last = _messages(chat, Direction.OUTBOUND).order_by("-id").first()
    return last is None or last.wamid == answer.wamid or answer.callback.startswith(last.pk.hex)


def _last(chat: SimulatedChat, author: Author) -> SimulatedMessage | None:
    return SimulatedMessage.objects.filter(chat=chat, author=author).order_by("-id").first()


def _of_arrival(chat: SimulatedChat, message: SimulatedMessage) -> str:
    told, coming = _webhooks(chat, message)
    said = f"was told {_times(told)}" if told else "was not told"
    if settings.SIMULATOR_ALONE:
        return f"What the person wrote {said}{coming}."
    known = list(_messages(chat, Direction.INBOUND).filter(wamid=message.wamid))
    if not known:
        is_under_way = bool(coming) or (told and clock.now() - message.created_at < ARRIVES_WITHIN)
        return (
            f"What the person wrote {said}{coming}, and the product does not have it{' yet' if is_under_way else ''}."
        )
    return f"What the person wrote {said}{coming}. The product has it {_times(len(known))}: {_became(chat, known[0])}."


def _became(chat: SimulatedChat, arrival: Message) -> str:
    """What the product made of `arrival`; it is not called answered before the answer is out."""
    if arrival.status == "answered":
        answers = _messages(chat, Direction.OUTBOUND).filter(delivery__turn_id=arrival.turn_id)
        answer = answers.filter(status__in=OF_ANSWERS).order_by("id").first()
        if answer is not None:
            return f"its answer {OF_ANSWERS[answer.status]}"
    return f"it {OF_ARRIVALS.get(arrival.status, arrival.status)}"


def _of_statuses(chat: SimulatedChat, message: SimulatedMessage) -> str:
    told, coming = _webhooks(chat, message)
    if settings.SIMULATOR_ALONE:
        return f"Of the answer {told or 'no'} webhook{'s' if told > 1 else ''} told{coming}."
    known = _messages(chat, Direction.OUTBOUND).filter(wamid=message.wamid).values_list("status", flat=True).first()
    words = WORDS.get(known or "", "Nobody's message yet")
    became = words[0].lower() + words[1:]
    return f"Of the answer {told or 'no'} webhook{'s' if told > 1 else ''} told{coming}. To the product it is {became}."


def _webhooks(chat: SimulatedChat, message: SimulatedMessage) -> tuple[int, str]:
    """How many webhooks spoke of `message` and were taken; and, in brackets, how many are on their way.

    Without a wire log there is one at least where the message is known to have been told.
    """
    waits = SimulatedWebhook.objects.filter(chat=chat).values_list("body", flat=True)
    coming = sum(message.wamid in bytes(body).decode().replace("\\/", "/") for body in waits)
    taken = SimulatedExchange.objects.filter(
        team=chat.number.account.team_id, wire=Wire.WEBHOOK, wamids__contains=message.wamid, status=200
    )
    is_told = message.author == Author.PERSON and message.delivered_at is not None
    return taken.count() or int(is_told), f" ({coming} on the way)" if coming else ""


def _times(count: int) -> str:
    return TIMES[count - 1] if count <= len(TIMES) else f"{count} times"


def _messages(chat: SimulatedChat, direction: Direction) -> QuerySet[Message]:
    person = Q(conversation__participant__wa_id=chat.person.digits)
    person |= Q(conversation__participant__user_id=chat.person.user_id)
    number = Q(channel__phone_number_id=chat.number.phone_number_id)
    return Message.objects.for_team(chat.number.account.team_id).filter(person, number, direction=direction)
