"""What can be done with the phone, and beside it: write, let time pass, have the bot write."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from channels_app import conversations, mailboxes, ringing
from channels_app.bots.contract import Reply
from channels_app.messages import Address
from channels_app.models import Channel, Conversation, Source
from channels_app.outbound import promising
from channels_app.simulator import people
from channels_app.simulator.graph.sending import new_wamid
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage
from channels_app.simulator.phone.telling import NotSent, tell, words

LONGEST = 4096
PASSING = timedelta(hours=25)


def write(chat: SimulatedChat, text: str, quoted: SimulatedMessage | None = None) -> None:
    """The person writes `text`, and our webhook is told. Raises `NotSent` where it is blank or too long."""
    text = words(text, LONGEST + 1)
    if not text:
        raise NotSent("Write something first.")
    if len(text) > LONGEST:
        raise NotSent(f"That is too long: WhatsApp takes {LONGEST} characters at most.")
    tell(chat, "text", {"body": text}, text, quoted)


def let_hours_pass(chat: SimulatedChat, passing: timedelta = PASSING) -> None:
    """From now on all that was written here, and what the person writes next, is older by so much for both sides."""
    hours = passing // timedelta(hours=1)
    with transaction.atomic():
        people.hold(chat)
        SimulatedChat.objects.filter(pk=chat.pk).update(lag=chat.lag + passing, wrote_at=F("wrote_at") - passing)
        _say(chat, Author.CLOCK, "clock", f"{hours} hours later" if hours > 1 else "1 hour later")
        _conversations(chat).update(
            service_window_expires_at=F("service_window_expires_at") - passing,
            last_message_at=F("last_message_at") - passing,
        )


def return_to_the_present(chat: SimulatedChat) -> None:
    """What the person writes next is new again, and opens the window."""
    with transaction.atomic():
        people.hold(chat)
        if chat.lag:
            SimulatedChat.objects.filter(pk=chat.pk).update(lag=timedelta(0))
            _say(chat, Author.CLOCK, "clock", "Back to the present")


def have_the_bot_write(chat: SimulatedChat, channel: Channel, text: str) -> None:
    """The bot writes unasked, as when a program of the team's calls the API. Raises `NotSent` where it says nothing."""
    text = words(text, LONGEST)
    if not text:
        raise NotSent("Write first what the bot is to say.")
    wa_id = None if chat.person.hidden_number else chat.person.digits
    address = Address(wa_id=wa_id, user_id=chat.person.user_id)
    with transaction.atomic():
        arrival = conversations.Arrival(channel=channel, address=address, name=chat.person.name)
        conversation = conversations.find_or_make([arrival])[0]
        promising.promise(conversation, channel, [Reply(text=text)], source=Source.API)
        mailboxes.ring([conversation.pk])
    ringing.ring_work()


def _say(chat: SimulatedChat, author: Author, kind: str, text: str) -> SimulatedMessage:
    return SimulatedMessage.objects.create(
        chat=chat, number=chat.number, author=author, wamid=new_wamid(), type=kind, text=text
    )


def _conversations(chat: SimulatedChat) -> QuerySet[Conversation]:
    team = Conversation.objects.for_team(chat.number.account.team_id)
    known_as = Q(participant__wa_id=chat.person.digits) | Q(participant__user_id=chat.person.user_id)
    return team.filter(known_as, channel__phone_number_id=chat.number.phone_number_id)
