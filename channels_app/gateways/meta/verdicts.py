"""What each of Graph's errors asks of us, and how it is told to people."""

from collections.abc import Callable, Mapping
from typing import Any

from channels_app.errors import (
    AccessLost,
    GatewayError,
    GiveUp,
    OurFault,
    OutcomeUnknown,
    Problem,
    Throttled,
    TooLong,
    TryLater,
    WindowShut,
)
from channels_app.graph import errors as graph
from channels_app.graph.meanings import explain
from channels_app.phrases import marked as _

TOO_MANY_TO_ONE_PERSON = 131056


def verdict(error: graph.GraphError) -> GatewayError:
    """What to do about `error`: to be raised from it."""
    return next(VERDICTS[kind] for kind in type(error).__mro__ if kind in VERDICTS)(error)


def problem(error: graph.GraphError) -> Problem:
    """`error` for people: what it means and what to do, with Meta's own words and what its support asks for."""
    if not isinstance(error, graph.Refused):
        return Problem(
            code=0,
            title=_("Meta did not answer."),
            detail=str(error),
            advice=_(
                "What is to be sent is tried again. If it lasts, see whether this installation can reach "
                "Meta's Graph API."
            ),
        )
    meaning = explain(error.code, error.subcode, f"{error.title} {error.detail}")
    said = dict.fromkeys(text.strip() for text in (error.user_title, error.user_message, error.detail) if text.strip())
    facts = [
        f"code {error.code}/{error.subcode}" if error.subcode else "",
        f"fbtrace_id {error.trace_id}" if error.trace_id else "",
    ]
    traced = ", ".join(filter(None, facts))
    return Problem(
        code=max(error.code, 0),
        title=meaning.title,
        detail=" ".join([*(said or {error.title: None}), *([f"({traced})"] if traced else [])]).strip(),
        advice=meaning.advice,
    )


def _later(error: graph.Refused | graph.Unreachable) -> TryLater:
    return TryLater(problem(error), error.retry_after)


def _unknown(error: graph.GraphError) -> OutcomeUnknown:
    return OutcomeUnknown(problem(error), getattr(error, "retry_after", None))


def _throttled(error: graph.Throttled) -> Throttled:
    return Throttled(problem(error), error.retry_after, pair=error.code == TOO_MANY_TO_ONE_PERSON)


def _warned(error: graph.RateWarning) -> Throttled:
    return Throttled(problem(error), error.retry_after, warning=True)


VERDICTS: Mapping[type[graph.GraphError], Callable[[Any], GatewayError]] = {
    graph.GraphError: _unknown,
    graph.Unreachable: _unknown,
    graph.NotConnected: _later,
    graph.OutcomeUnknown: _unknown,
    graph.Refused: lambda error: GiveUp(problem(error)),
    graph.Throttled: _throttled,
    graph.RateWarning: _warned,
    graph.TryAgain: _later,
    graph.WindowClosed: lambda error: WindowShut(problem(error)),
    graph.RecipientRefused: lambda error: GiveUp(problem(error)),
    graph.AccountBlocked: lambda error: AccessLost(problem(error)),
    graph.NumberBlocked: lambda error: AccessLost(problem(error), number_only=True),
    graph.ProofRequired: lambda error: AccessLost(problem(error)),
    graph.ProofInvalid: lambda error: AccessLost(problem(error)),
    graph.TemplateRefused: lambda error: GiveUp(problem(error), template=True),
    graph.TemplateTooLong: lambda error: TooLong(problem(error)),
    graph.OperatorNeeded: lambda error: GiveUp(problem(error), operator=True),
    graph.BadRequest: lambda error: OurFault(problem(error)),
}
