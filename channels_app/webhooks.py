"""The door: /api/channels/meta/, one for all teams, providers and numbers."""

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    RawPostDataException,
    UnreadablePostError,
)
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from channels_app import onboarding, patience, ringing
from channels_app.gateways.base import MalformedNotification
from channels_app.inbound import intake
from channels_app.inbound.routing import Undecided

log = structlog.get_logger(__name__)

LARGEST_BODY = 4 * 1024 * 1024
LONGEST_CHALLENGE = 256
DATABASE_SECONDS = 3.0
"""What the database has before Meta is asked to come back; it gives a webhook up after a few seconds more."""
SIGNATURE = "X-Hub-Signature-256"


class TooLarge(HttpResponse):
    status_code = 413


class ComeBack(HttpResponse):
    """What cannot be stored now: Meta delivers it again."""

    status_code = 503

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "10"})


def _stream(request: HttpRequest) -> Any:
    """The body. Of one that comes in chunks, without a length, Django itself would read nothing."""
    in_chunks = request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    return request.META["wsgi.input"] if in_chunks and not request.META.get("CONTENT_LENGTH") else request


@method_decorator(csrf_exempt, name="dispatch")
class MetaWebhookView(View):
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Meta's handshake: echo the challenge if the token is one of ours."""
        challenge = request.GET.get("hub.challenge", "")
        token = request.GET.get("hub.verify_token", "")
        if request.GET.get("hub.mode") != "subscribe" or not token or len(challenge) > LONGEST_CHALLENGE:
            return HttpResponseForbidden()
        try:
            with patience.within(DATABASE_SECONDS):
                known = onboarding.knows_verify_token(token)
        except DatabaseError:
            return ComeBack()
        return HttpResponse(challenge, content_type="text/plain") if known else HttpResponseForbidden()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Shelve first, answer 200, work later: Meta repeats whatever is not acknowledged."""
        announced = str(request.META.get("CONTENT_LENGTH") or "0")
        if announced.isdecimal() and int(announced) > LARGEST_BODY:
            return TooLarge()
        signature = request.headers.get(SIGNATURE)
        try:
            body = _stream(request).read(LARGEST_BODY + 1)
        except (UnreadablePostError, RawPostDataException, OSError):
            return HttpResponseBadRequest()
        if len(body) > LARGEST_BODY:
            return TooLarge()
        if not signature:
            return HttpResponseForbidden()
        try:
            with patience.within(DATABASE_SECONDS):
                kept = intake.accept("meta", body, signature)
        except MalformedNotification:
            return HttpResponseBadRequest()
        except PermissionDenied:
            return HttpResponseForbidden()
        except Undecided:
            return ComeBack()
        except DatabaseError as exc:
            log.error("webhook_not_stored", error=type(exc).__name__, detail=str(exc)[:200])
            return ComeBack()
        ringing.ring(kept)
        return HttpResponse()
