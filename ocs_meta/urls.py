"""Which address is answered by whom."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from channels_app.web.addresses import ConfirmationSent, EmailAddresses
from channels_app.web.health import health
from channels_app.web.metrics import metrics
from channels_app.webhooks import MetaWebhookView

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/channels/meta/", MetaWebhookView.as_view(), name="meta_webhook"),
    path("api/v1/", include("channels_app.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("health/", health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("accounts/email/", EmailAddresses.as_view(), name="account_email"),
    path("accounts/confirm-email/", ConfirmationSent.as_view(), name="account_email_verification_sent"),
    path("accounts/", include("allauth.urls")),
    path("", include("channels_app.web.urls")),
]
if settings.SIMULATOR:
    urlpatterns.insert(0, path("simulator/", include("channels_app.simulator.urls")))
