"""The door: /api/channels/meta/, one for all teams, providers and numbers."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import structlog
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, RawPostDataException, UnreadablePostError
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from channels_app import onboarding, patience, ringing
from channels_app.gateways.base import MalformedNotification
from channels_app.inbound import intake
from channels_app.inbound.routing import Undecided
from channels_app.models.holding import let_go

log = structlog.get_logger(__name__)

LARGEST_BODY = 4 * 1024 * 1024
LONGEST_CHALLENGE = 256
DATABASE_SECONDS = 3.0
"""What the database has before Meta is asked to come back; it gives a webhook up after a few seconds more."""
COME_BACK = ("Retry-After", "10")
"""With a 503, for what cannot be stored now: Meta delivers it again."""


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
            return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=dict([COME_BACK]))
        return HttpResponse(challenge, content_type="text/plain") if known else HttpResponseForbidden()

    def post(self, request: HttpRequest) -> HttpResponse:
        """A notification that came by way of Django, as in tests and under another server than ours."""
        status = take(request.META, _stream(request).read)
        return HttpResponse(status=status, headers=dict(_headers(status)))


def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """The POST of a notification, straight from the server: what Django does for a page costs more than the rest."""
    try:
        status = take(environ, environ["wsgi.input"].read)
    except Exception:
        log.exception("webhook_failed")
        status = HTTPStatus.INTERNAL_SERVER_ERROR
    finally:
        let_go()
    start_response(f"{status.value} {status.phrase}", [("Content-Length", "0"), *_headers(status)])
    return [b""]


def take(meta: Mapping[str, Any], read: Callable[[int], bytes]) -> HTTPStatus:
    """Shelve first, answer 200, work later: Meta repeats whatever is not acknowledged.

    `meta` is the WSGI environment of the request, and `read` reads up to so many bytes of its body.
    """
    announced = str(meta.get("CONTENT_LENGTH") or "0")
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    try:
        body = read(LARGEST_BODY + 1)
    except (UnreadablePostError, RawPostDataException, OSError):
        return HTTPStatus.BAD_REQUEST
    if len(body) > LARGEST_BODY:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    signature = meta.get("HTTP_X_HUB_SIGNATURE_256")
    return _judged(body, signature) if signature else HTTPStatus.FORBIDDEN


def _judged(body: bytes, signature: str) -> HTTPStatus:
    try:
        with patience.within(DATABASE_SECONDS):
            kept = intake.accept("meta", body, signature)
    except MalformedNotification:
        return HTTPStatus.BAD_REQUEST
    except PermissionDenied:
        return HTTPStatus.FORBIDDEN
    except Undecided:
        return HTTPStatus.SERVICE_UNAVAILABLE
    except DatabaseError as exc:
        log.error("webhook_not_stored", error=type(exc).__name__, detail=str(exc)[:200])
        return HTTPStatus.SERVICE_UNAVAILABLE
    ringing.ring(kept)
    return HTTPStatus.OK


def _headers(status: HTTPStatus) -> list[tuple[str, str]]:
    return [COME_BACK] if status == HTTPStatus.SERVICE_UNAVAILABLE else []


def _stream(request: HttpRequest) -> Any:
    """The body. Of one that comes in chunks, without a length, Django itself would read nothing."""
    in_chunks = request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    return request.META["wsgi.input"] if in_chunks and not request.META.get("CONTENT_LENGTH") else request
