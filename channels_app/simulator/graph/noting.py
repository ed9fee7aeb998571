"""What passed at Graph's door, for the wire log."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.http.response import HttpResponseBase

from channels_app.simulator import wirelog
from channels_app.simulator.graph.access import Caller
from channels_app.simulator.models import Fault, SimulatedFault, SimulatedNumber, Wire

MULTIPART = "multipart/form-data"


def note(
    request: HttpRequest, caller: Caller | None, answer: HttpResponseBase, fault: SimulatedFault | None, seconds: float
) -> None:
    """Keep a call and its answer, where it is known whom they concern; `fault` is what happened to the answer."""
    if not wirelog.is_kept():
        return
    if caller is not None:
        team_id, number = caller.account.team_id, caller.number
    else:
        number = _number_named(request)
        if number is None:
            return
        team_id = number.account.team_id
    exchange = wirelog.Exchange(
        wire=Wire.GRAPH,
        method=request.method or "",
        path=request.path,
        query=request.GET.dict(),
        headers=request.headers,
        sent=_sent(request),
        status=answer.status_code,
        received=content_of(answer),
        remark=_remark(fault),
        seconds=seconds,
    )
    wirelog.note(team_id, number, exchange)


def _number_named(request: HttpRequest) -> SimulatedNumber | None:
    """The number that the path speaks of, where the caller could not be told."""
    named = SimulatedNumber.objects.filter(phone_number_id__in=request.path.replace("\0", "").split("/"))
    return named.select_related("account").first()


def content_of(answer: HttpResponseBase) -> bytes:
    """The bytes of an answer; none where it is a stream."""
    return answer.content if isinstance(answer, HttpResponse) else b""


def _remark(fault: SimulatedFault | None) -> str:
    if fault is None:
        return ""
    lost = fault.kind == Fault.LOST_ANSWER
    return "The connection was cut before the answer was there." if lost else f"Answered {fault.seconds:g} s late."


def _sent(request: HttpRequest) -> bytes:
    if (request.content_type or "").startswith(MULTIPART):
        return b"a form with a file"
    try:
        return request.body
    except (UnreadablePostError, RawPostDataException, RequestDataTooBig):
        return b""
