"""What stands before every view."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from channels_app.web.health import health


class HealthFirst:
    """Answers /health/ under any host and scheme, for those who probe know a container by its address alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return health(request) if request.path_info == "/health/" else self.get_response(request)


class ContentPolicy(CSPMiddleware):
    """The one policy of all pages, with what the pages of others need besides."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for beginning, update in settings.CONTENT_SECURITY_POLICY_UPDATES.items():
            if request.path_info.startswith(beginning):
                parts.update = update | (parts.update or {})
        return parts
