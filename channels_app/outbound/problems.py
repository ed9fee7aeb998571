"""Problems that are not Meta's: why a message ended, or waits, for a reason of ours."""

from channels_app.errors import Problem
from channels_app.phrases import marked as _

TOO_OLD = Problem(
    code=0,
    title=_("Not sent in time"),
    detail=_("The reply could not be sent within the time this channel allows."),
    advice=_("Send it again if it still matters, or let the channel's replies expire later."),
)
UNKNOWN_TWICE = Problem(
    code=0,
    title=_("Outcome unknown"),
    detail=_("Meta gave no answer to two attempts, and no status tells whether one of them arrived."),
    advice=_("Ask the person whether it came before you send it again; check that Meta's webhooks reach this server."),
)
NOT_RECORDED = Problem(
    code=0,
    title=_("No answer was recorded"),
    detail=_("The worker that made this attempt ended before it could record what Meta answered."),
    advice=_("Nothing: a status from Meta tells whether it arrived; where none comes it is sent once more."),
)
TEMPLATES_USED_UP = Problem(
    code=0,
    title=_("Left out"),
    detail=_("The service window is closed, and this channel allows no more templates for one reply."),
    advice=_("Allow more templates for a reply, or wait until the person writes again."),
)
NO_REACTION = Problem(
    code=0,
    title=_("Left out"),
    detail=_("The service window is closed, and a reaction has no other way."),
    advice=_("Write something instead, or wait until the person writes again."),
)
