"""A process that works on one large file, in and out, and tells how much memory it takes for that.

python -m tests.media.passing <address of a server that is Graph, and has the file>
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import django


def resident(name: str) -> int:
    """Kilobytes, by the name that Linux has for them: VmRSS now, VmHWM at the most since `forget`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def forget() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main(url: str) -> None:
    django.setup()
    from django.core.management import call_command

    from channels_app import clock, mailboxes, working
    from channels_app.bots.contract import Attachment, Reply
    from channels_app.models import Conversation, Direction, Fetch, Message, Participant, Source, Status, Team
    from channels_app.outbound import promising
    from tests.fixtures import PERSON, make_channel, make_provider

    call_command("migrate", verbosity=0, interactive=False)
    channel = make_channel(make_provider(Team.objects.create(name="Clinic", slug="clinic")))
    person = Participant.objects.create(team=channel.team, portfolio=channel.provider.portfolio, wa_id=PERSON)
    until = clock.now() + timedelta(hours=1)
    conversation = Conversation.objects.create(
        team=channel.team, channel=channel, participant=person, service_window_expires_at=until
    )
    working.work_off()
    forget()
    idle = resident("VmRSS")
    message = Message.objects.create(
        team=channel.team,
        channel=channel,
        conversation=conversation,
        direction=Direction.INBOUND,
        type="document",
        content={"type": "document", "media_id": "8733", "filename": "book.pdf"},
        status=Status.IGNORED,
    )
    Fetch.objects.create(message=message)
    attachment = Attachment(url=f"{url}/book.pdf")
    (sent,) = promising.promise(conversation, channel, [Reply(attachment=attachment)], source=Source.API)
    mailboxes.ring([conversation.pk])
    while working.work_off():
        pass
    for row in (message, sent):
        row.refresh_from_db()
    told = {"peak": (resident("VmHWM") - idle) // 1024, "came": message.attachments, "sent": sent.status}
    print(json.dumps(told | {"sent_as": sent.sent_as}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
