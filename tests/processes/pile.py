"""Piles: messages that wait by the thousand, written down in a process that has the environment of the others."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta

from channels_app import clock
from channels_app.models import (
    Channel,
    Conversation,
    Delivery,
    Direction,
    Message,
    Participant,
    Source,
    Status,
)
from tests.processes.clinic import NUMBER
from tests.processes.stage import ROOT

AT_ONCE = 2000


def piled(environment: Mapping[str, str], people: int, each: int = 1, *, to_be_asked: bool = False) -> None:
    """Have `each` messages wait for so many people: ours to be sent, or theirs, about which the bot is to be asked."""
    code = f"from tests.processes import pile; pile.heap({people}, {each}, to_be_asked={to_be_asked})"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code], cwd=ROOT, env=dict(environment), check=True
    )


def heap(people: int, each: int, *, to_be_asked: bool) -> None:
    channel, now = Channel.objects.select_related("provider").get(phone_number_id=NUMBER), clock.now()
    persons = [
        Participant(team_id=channel.team_id, portfolio=channel.provider.portfolio, wa_id=f"2760{person:07d}")
        for person in range(people)
    ]
    talks = [
        Conversation(
            team_id=channel.team_id,
            channel=channel,
            participant=person,
            due_at=now,
            in_bulk=not to_be_asked,
            bell=1,
            service_window_expires_at=now + timedelta(hours=20),
        )
        for person in persons
    ]
    Participant.objects.bulk_create(persons, AT_ONCE)
    Conversation.objects.bulk_create(talks, AT_ONCE)
    _write_messages([talk for _ in range(each) for talk in talks], to_be_asked=to_be_asked)


def _write_messages(talks: Sequence[Conversation], *, to_be_asked: bool) -> None:
    """Of one conversation each of `talks`, one text, in their order."""
    if to_be_asked:
        rows = [_text(talk, place, Direction.INBOUND, Status.RECEIVED) for place, talk in enumerate(talks)]
    else:
        until = clock.now() + timedelta(hours=4)
        promised = [
            Delivery(team_id=talk.team_id, conversation=talk, source=Source.API, reply={"text": "Hi"}, expires_at=until)
            for talk in talks
        ]
        Delivery.objects.bulk_create(promised, AT_ONCE)
        rows = [_text(talk, place, Direction.OUTBOUND, Status.PENDING) for place, talk in enumerate(talks)]
        for row, delivery in zip(rows, promised, strict=True):
            row.delivery = delivery
    Message.objects.bulk_create(rows, AT_ONCE)


def _text(talk: Conversation, place: int, direction: Direction, status: Status) -> Message:
    return Message(
        team_id=talk.team_id,
        channel_id=talk.channel_id,
        conversation=talk,
        direction=direction,
        type="text",
        text=f"waiting {place}",
        status=status,
        wamid=f"wamid.piled.{place}" if direction == Direction.INBOUND else "",
    )
