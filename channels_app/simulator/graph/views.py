"""Graph's door: /simulator/graph/{version}/…"""

import re
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from channels_app.simulator.graph import access, bodies, media, refusals, routes, subscribing, tokens, troubles
from channels_app.simulator.graph.access import Credentials
from channels_app.simulator.graph.calls import Call, Json
from channels_app.simulator.graph.refusals import NOT_FOUND, Refusal

VERSIONS = frozenset({"v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"})
"""Those that have not ended. https://developers.facebook.com/docs/graph-api/changelog"""
VERSIONLESS = re.compile(r"(?:sim-)?[0-9]+|debug_token|oauth")


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(troubles.guarded, name="dispatch")
class GraphView(View):
    """Answers as Meta would; what it does not know gets Meta's own error. Without a version the newest is meant."""

    def dispatch(self, request: HttpRequest, *args: Any, version: str, path: str = "") -> HttpResponseBase:
        try:
            if version == media.LOOKASIDE and not _holds_nul(request, path):
                return _file(request)
            if VERSIONLESS.fullmatch(version):
                version, path = settings.GRAPH_API_VERSION, f"{version}/{path}"
            if version not in VERSIONS | {settings.GRAPH_API_VERSION} or _holds_nul(request, path):
                raise refusals.unknown_path(version)
            answer = _answer(request, path.strip("/"))
        except Refusal as refusal:
            return JsonResponse(refusal.as_json(), status=refusal.status)
        return JsonResponse(dict(answer))


def _answer(request: HttpRequest, path: str) -> Json:
    credentials, query, method = access.credentials_of(request), request.GET.dict(), request.method or ""
    if path == "debug_token" and method == "GET":
        return tokens.debug(credentials, query.get("input_token", ""))
    if path == "oauth/access_token":
        return tokens.granted({**query, **({} if method == "GET" else bodies.read(request))})
    node, _, edge = path.partition("/")
    if edge == "subscriptions":
        return _subscriptions(request, credentials, node)
    caller = access.admit(credentials, method, node)
    troubles.before(request, caller, edge)
    call = Call(
        caller=caller,
        method=method,
        node=node,
        query=query,
        body={} if method == "GET" else bodies.read(request),
        url=request.build_absolute_uri(request.path),
        file=bodies.file(request),
    )
    return routes.answer(call, edge)


def _subscriptions(request: HttpRequest, credentials: Credentials, app_id: str) -> Json:
    match request.method:
        case "GET":
            return subscribing.subscriptions(credentials, app_id)
        case "POST":
            return subscribing.subscribe_app(credentials, app_id, {**request.GET.dict(), **bodies.read(request)})
        case "DELETE":
            return subscribing.unsubscribe_app(credentials, app_id)
        case method:
            raise refusals.unknown_object(method or "", app_id)


def _file(request: HttpRequest) -> HttpResponseBase:
    """The bytes behind a link: for the account's own token, and for whoever says who they are."""
    found = media.linked(request.GET.dict())
    credentials = access.credentials_of(request)
    if not request.headers.get("Authorization"):
        return HttpResponse("Authentication required", status=refusals.UNAUTHORIZED, content_type="text/plain")
    if found is None or request.method != "GET" or not request.headers.get("User-Agent"):
        return HttpResponse(status=NOT_FOUND, content_type="text/html")
    troubles.heard(request, access.admit(credentials, "GET", found.media_id).provider, found.number)
    try:
        return FileResponse(found.file.open("rb"), content_type=found.mime_type)
    except FileNotFoundError:
        return HttpResponse(status=NOT_FOUND, content_type="text/html")


def _holds_nul(request: HttpRequest, path: str) -> bool:
    return any("\0" in text for text in (path, *request.GET, *request.GET.dict().values()))
