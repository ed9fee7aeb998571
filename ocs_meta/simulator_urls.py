"""Which address is answered by whom where Meta's side stands alone: Graph as Meta has it, and the phone."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from channels_app.simulator.graph.views import GraphView
from channels_app.web.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="phone"), name="home"),
    re_path(r"^(?P<version>v[0-9.]+|[0-9]+|debug_token)(?:/(?P<path>.*))?$", GraphView.as_view()),
    path("simulator/", include("channels_app.simulator.urls")),
    path("health/", health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("", include("channels_app.web.urls")),
    re_path(r"^(?P<version>(?!simulator/|accounts/)[^/]+)/(?P<path>[0-9]+(?:/.*)?)$", GraphView.as_view()),
]
