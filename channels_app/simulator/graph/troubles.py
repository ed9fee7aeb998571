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
from django.http import HttpRequest, HttpResponse, RawPostDataException, StreamingHttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase

from channels_app.models import Provider
from channels_app.models.holding import let_go
from channels_app.simulator import again, faults, wirelog
from channels_app.simulator.graph import noting
from channels_app.simulator.graph.access import Caller
from channels_app.simulator.graph.refusals import BAD_REQUEST, Refusal
from channels_app.simulator.graph.usage import HEADER, UNLIMITED_EDGES, usage
from channels_app.simulator.models import Fault, SimulatedFault, SimulatedNumber

SERVER_ERROR, BAD_GATEWAY, TOO_MANY_REQUESTS = 500, 502, 429
CALLER, PARTY, MANAGED = "simulator.caller", "simulator.party", "simulator.managed"
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
OF_MANAGEMENT: Mapping[Fault, tuple[int, str, str, int]] = {
    Fault.MANAGEMENT_TOO_FAST: (
        80007,
        "Rate limit issues",
        "The WhatsApp Business Account has reached its rate limit.",
        BAD_REQUEST,
    ),
    Fault.APP_TOO_FAST: (
        4,
        "Application request limit reached",
        "The app has reached its API call rate limit.",
        BAD_REQUEST,
    ),
}
UNSAID: Mapping[Fault, tuple[int, str]] = {
    Fault.TOO_FAST_UNSAID: (TOO_MANY_REQUESTS, ""),
    Fault.BROKEN_UNSAID: (BAD_GATEWAY, PAGE),
}

pause = time.sleep
"""How an answer is kept waiting."""

Json = Mapping[str, Any]
Door = Callable[..., HttpResponseBase]


class NotGraph(Exception):
    """What a call ends with where something between us and Graph answers: a status, and a page or nothing."""

    def __init__(self, status: int, page: str) -> None:
        super().__init__(status, page)
        self.status = status
        self.page = page


def guarded(door: Door) -> Door:
    """Graph's door, with what may go wrong at it; all that passes is in the wire log.

    Django is told that it has logged a refusal already: what Meta refuses, or fails to do, is no error of this server.
    """

    @wraps(door)
    def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        began = time.monotonic()
        try:
            answer = door(request, *args, **kwargs)
        except NotGraph as said:
            answer = HttpResponse(said.page, status=said.status, content_type="text/html")
        answer._has_been_logged = True  # type: ignore[attr-defined]
        _tell_usage(request, answer)
        fault = _after(request, answer)
        if wirelog.is_kept():
            noting.note(request, answer, fault, time.monotonic() - began, request.META.get(PARTY))
        return _spoilt(request, answer, fault) if fault else answer

    return guard


def heard(request: HttpRequest, provider: Provider, number: SimulatedNumber | None = None) -> None:
    """Whose call it is, and about which number: it comes into the wire log of their team."""
    request.META[PARTY] = noting.Party(provider.team_id, number)


def before(request: HttpRequest, caller: Caller, edge: str) -> None:
    """Whatever is to go wrong before anything is taken. Raises `Refusal`, or `NotGraph` where Graph is not asked."""
    request.META[CALLER] = caller
    heard(request, caller.provider, caller.number)
    if edge not in UNLIMITED_EDGES and caller.media is None:
        refused_as = _limit_of_management(caller)
        request.META[MANAGED] = refused_as == Fault.MANAGEMENT_TOO_FAST
        if refused_as is not None:
            raise _refusal(*OF_MANAGEMENT[refused_as])
        return
    body = _message_in(request)
    if caller.number is None or body is None:
        return
    for kind, fault in faults.on(caller.number).items():
        if not (kind in WORDS or kind in UNSAID) or not _concerns(kind, body):
            continue
        if not again.is_spared(fault, caller.number, body) and faults.happens(fault):
            if kind in UNSAID:
                raise NotGraph(*UNSAID[kind])
            raise _refusal(*WORDS[kind])


def _limit_of_management(caller: Caller) -> Fault | None:
    """With what one more management call is refused, if it is."""
    on = faults.of_account(caller.account).items()
    happening = next((kind for kind, fault in on if kind in OF_MANAGEMENT and faults.happens(fault)), None)
    return happening or (None if usage.count(caller.account) else Fault.MANAGEMENT_TOO_FAST)


def _refusal(code: int, title: str, details: str, status: int) -> Refusal:
    return Refusal(code, f"(#{code}) {title}", details, status=status)


def _tell_usage(request: HttpRequest, answer: HttpResponseBase) -> None:
    caller = _caller(request)
    if MANAGED in request.META and caller is not None:
        answer.headers[HEADER] = usage.header(caller.account, is_refused=request.META[MANAGED])


def _caller(request: HttpRequest) -> Caller | None:
    found = request.META.get(CALLER)
    return found if isinstance(found, Caller) else None


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
    caller = _caller(request)
    if caller is None or caller.number is None or answer.status_code != 200:
        return None
    body = _message_in(request)
    if body is None:
        return None
    late = faults.take(caller.number, Fault.LATE_ANSWER, body)
    return late or faults.take(caller.number, Fault.LOST_ANSWER, body)


def _spoilt(request: HttpRequest, answer: HttpResponseBase, fault: SimulatedFault) -> HttpResponseBase:
    if fault.kind == Fault.LOST_ANSWER:
        content = noting.content_of(answer)
        half = _cut(content[: len(content) // 2], _departure(request))
        return StreamingHttpResponse(half, content_type=answer.headers["Content-Type"])
    let_go()
    pause(fault.seconds)
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
