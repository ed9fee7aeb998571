"""Where the API has what."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from channels_app.api import views

router = SimpleRouter(use_regex_path=False)
router.register("providers", views.Providers, basename="provider")
router.register("ai-providers", views.AiProviders, basename="ai-provider")
router.register("chatbots", views.Chatbots, basename="chatbot")
router.register("channels", views.Channels, basename="channel")
router.register("conversations", views.Conversations, basename="conversation")
router.register("media", views.Media, basename="media")
router.register("messages", views.Messages, basename="message")

urlpatterns = [
    path("", include(router.urls)),
    re_path(r"^.*/$", views.unknown),
]
