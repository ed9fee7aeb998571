"""Wishes: what nobody asked for goes only to people who want it."""

from channels_app.errors import Problem
from channels_app.models import Message, Participant, Source
from channels_app.phrases import marked as _

STOPPED = Problem(
    code=0,
    title=_("This person wants no messages"),
    detail=_("They wrote STOP. What they ask is still answered."),
    advice=_("Wait until they write START. Nothing else may be sent to them without being asked."),
)
NO_MARKETING = Problem(
    code=0,
    title=_("This person stopped marketing messages"),
    detail=_("They did so in WhatsApp, and outside the service window whatever nobody asked for counts as such."),
    advice=_("Wait until they write, or allow it again in WhatsApp."),
)
UNASKED = (Source.API, Source.PERSON)


def against(part: Message, person: Participant, rung: str) -> Problem | None:
    """Why `part` is not sent in the form of `rung`: it was not asked for, and `person` does not want such messages.

    What a member of the team writes within the service window answers what they wrote.
    """
    if part.delivery is None or part.delivery.source not in UNASKED:
        return None
    if part.delivery.source == Source.PERSON and rung != "template":
        return None
    if not person.wants_messages:
        return STOPPED
    return NO_MARKETING if rung == "template" and not person.wants_marketing else None
