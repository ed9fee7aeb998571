"""Around Graph's door: the faults that are on, before a message is taken and after, and the wire log of all calls.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, HttpResponse, RawPostDataException, StreamingHttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase

from channels_app.simulator import faults, wirelog
from channels_app.simulator.graph.access import Caller
from channels_app.simulator.graph.refusals import BAD_REQUEST, Refusal
from channels_app.simulator.models import Fault, SimulatedFault, SimulatedNumber, Wire

SERVER_ERROR, BAD_GATEWAY, TOO_MANY_REQUESTS = 500, 502, 429
CALLER = "simulator.caller"
MULTIPART = "multipart/form-data"
PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
WORDS: Mapping[Fault, tuple[int, str, str, int]] = {
    Fault.UNREGISTERED: (133010, "Phone number not registered", "Register the phone number first.", BAD_REQUEST),
    Fault.PAYMENT_MISSING: (
        131042,
        "Business eligibility payment issue",
        "Message failed to send because there were one or more errors related to your payment method.",
        BAD_REQUEST,
    ),
    Fault.TOO_FAST: (
        130429,
        "Rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number in a short time.",
        BAD_REQUEST,
    ),
    Fault.TOO_FAST_FOR_ONE: (
        131056,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Message failed to send because there were too many messages sent to this phone number in a short time.",
        BAD_REQUEST,
    ),
    Fault.BROKEN: (131000, "Something went wrong", "Message failed to send because of an unknown error.", SERVER_ERROR),
    Fault.WINDOW_REFUSED: (
        131047,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
        BAD_REQUEST,
    ),
    Fault.TEMPLATE_REFUSED: (
        132007,
        "Template Format Character Policy Violated",
        "The template's content breaks a WhatsApp policy.",
        BAD_REQUEST,
    ),
}
UNSAID: Mapping[Fault, tuple[int, str]] = {
    Fault.TOO_FAST_UNSAID: (TOO_MANY_REQUESTS, ""),
    Fault.BROKEN_UNSAID: (BAD_GATEWAY, PAGE),
}

Json = Mapping[str, Any]
Door = Callable[..., HttpResponseBase]


class NotGraph(Exception):
    """What a call ends with where something between us and Graph answers: a status, and a page or nothing."""

    def __init__(self, status: int, page: str) -> None:
        super().__init__(status, page)
        self.status = status
        self.page = page


def guarded(door: Door) -> Door:
    """Graph's door, with what may go wrong at it; all that passes is in the wire log."""

    @wraps(door)
    def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        began = time.monotonic()
        try:
            answer = door(request, *args, **kwargs)
        except NotGraph as said:
            answer = HttpResponse(said.page, status=said.status, content_type="text/html")
        fault = _after(request, answer)
        _note(request, answer, fault, time.monotonic() - began)
        return _spoilt(request, answer, fault) if fault else answer

    return guard


def before(request: HttpRequest, caller: Caller) -> None:
    """Whatever is to go wrong before anything is taken. Raises `Refusal`, or `NotGraph` where Graph is not asked."""
    request.META[CALLER] = caller
    body = _message_in(request)
    if caller.number is None or body is None:
        return
    for kind, fault in faults.on(caller.number).items():
        if (kind in WORDS or kind in UNSAID) and _concerns(kind, body) and faults.happens(fault):
            if kind in UNSAID:
                raise NotGraph(*UNSAID[kind])
            code, title, details, status = WORDS[kind]
            raise Refusal(code, f"(#{code}) {title}", details, status=status)


def _concerns(kind: Fault, body: Json) -> bool:
    """Whether messages like this one can meet with the fault: the window is for free ones, and reviews are not."""
    match kind:
        case Fault.WINDOW_REFUSED:
            return body.get("type") != "template"
        case Fault.TEMPLATE_REFUSED:
            return body.get("type") == "template"
        case _:
            return True


def _after(request: HttpRequest, answer: HttpResponseBase) -> SimulatedFault | None:
    """What is to happen to the answer that says that a message was taken."""
    caller = request.META.get(CALLER)
    if not isinstance(caller, Caller) or caller.number is None or answer.status_code != 200:
        return None
    if _message_in(request) is None:
        return None
    return faults.take(caller.number, Fault.LATE_ANSWER) or faults.take(caller.number, Fault.LOST_ANSWER)


def _spoilt(request: HttpRequest, answer: HttpResponseBase, fault: SimulatedFault) -> HttpResponseBase:
    if fault.kind == Fault.LOST_ANSWER:
        content = _content(answer)
        half = _cut(content[: len(content) // 2], _departure(request))
        return StreamingHttpResponse(half, content_type=answer.headers["Content-Type"])
    connection.close()
    time.sleep(fault.seconds)
    return answer


def _cut(half: bytes, departure: Exception) -> Iterator[bytes]:
    yield half
    raise departure


def _departure(request: HttpRequest) -> Exception:
    """What a server takes for a client that went away: it closes the connection, and complains to nobody."""
    if "waitress.client_disconnected" in request.META:
        departure: Exception = sys.modules["waitress.channel"].ClientDisconnected()
        return departure
    return ConnectionAbortedError()


def _message_in(request: HttpRequest) -> Json | None:
    """The message that a number is to send; `None` where the call is another."""
    if request.method != "POST" or not request.path.rstrip("/").endswith("/messages"):
        return None
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError, UnreadablePostError, RawPostDataException, RequestDataTooBig):
        return None
    return found if isinstance(found, dict) and "status" not in found else None


def _note(request: HttpRequest, answer: HttpResponseBase, fault: SimulatedFault | None, seconds: float) -> None:
    caller = request.META.get(CALLER)
    if isinstance(caller, Caller):
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
        received=_content(answer),
        remark=_remark(fault),
        seconds=seconds,
    )
    wirelog.note(team_id, number, exchange)


def _number_named(request: HttpRequest) -> SimulatedNumber | None:
    """The number that the path speaks of, where the caller could not be told."""
    named = SimulatedNumber.objects.filter(phone_number_id__in=request.path.replace("\0", "").split("/"))
    return named.select_related("account").first()


def _content(answer: HttpResponseBase) -> bytes:
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
