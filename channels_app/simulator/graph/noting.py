"""What passed at Graph's door, for the wire log."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.http.response import HttpResponseBase

from channels_app.simulator import wirelog
from channels_app.simulator.graph import access
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.models import Fault, SimulatedAccount, SimulatedFault, SimulatedNumber, Wire

MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a call concerns: a team and, where it is about one, a number."""

    team_id: UUID
    number: SimulatedNumber | None = None


def note(
    request: HttpRequest, answer: HttpResponseBase, fault: SimulatedFault | None, seconds: float, party: Party | None
) -> None:
    """Keep a call and its answer; `fault` is what happened to that. Without `party` nobody was let in."""
    exchange = wirelog.Exchange(
        wire=Wire.GRAPH,
        method=request.method or "",
        path=request.path,
        query=request.GET.dict(),
        headers=request.headers,
        sent=_sent(request),
        status=answer.status_code,
        received=content_of(answer),
        remark=_remark(answer, fault),
        seconds=seconds,
    )
    party = party or _named(request) or _holder(request) or _alone()
    if party is not None:
        wirelog.note(party.team_id, party.number, exchange)


def _named(request: HttpRequest) -> Party | None:
    """Whose number, file, template or account is named by a call that nobody was let in for, if it is one team's."""
    path = request.path.replace("\0", "").split("/")
    names = [name for name in (*path, request.GET.get("mid", "").replace("\0", "")) if name]
    numbers = SimulatedNumber.objects.select_related("account")
    number = numbers.filter(Q(phone_number_id__in=names) | Q(media__media_id__in=names)).first()
    if number is not None:
        return Party(number.account.team_id, number)
    accounts = SimulatedAccount.objects.filter(Q(waba_id__in=names) | Q(templates__template_id__in=names))
    teams = list(accounts.order_by().values_list("team", flat=True).distinct()[:2])
    return Party(teams[0]) if len(teams) == 1 else None


def _holder(request: HttpRequest) -> Party | None:
    """Whose token a call brings that is about nothing of theirs: about a token, an app, or what is not there."""
    try:
        return Party(access.admit_app(access.credentials_of(request)).team_id)
    except Refusal:
        return None


def _alone() -> Party | None:
    """Whoever has simulated accounts, where that is one team: nobody else can have been meant."""
    teams = list(SimulatedAccount.objects.order_by().values_list("team", flat=True).distinct()[:2])
    return Party(teams[0]) if len(teams) == 1 else None


def content_of(answer: HttpResponseBase) -> bytes:
    """The bytes of an answer; none where it is a stream."""
    return answer.content if isinstance(answer, HttpResponse) else b""


def _remark(answer: HttpResponseBase, fault: SimulatedFault | None) -> str:
    if fault is None:
        return f"{wirelog.A_FILE} of {answer.headers.get('Content-Length', 'some')} bytes." if answer.streaming else ""
    lost = fault.kind == Fault.LOST_ANSWER
    return "The connection was cut before the answer was there." if lost else f"Answered {fault.seconds:g} s late."


def _sent(request: HttpRequest) -> bytes:
    if (request.content_type or "").startswith(MULTIPART):
        return b"a form with a file"
    try:
        return request.body
    except (UnreadablePostError, RawPostDataException, RequestDataTooBig):
        return b""
