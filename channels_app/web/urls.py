"""The addresses of the web pages."""

from django.urls import include, path
from django.views.i18n import set_language

from channels_app.web import files, shell, views
from channels_app.web.dashboard.views import Dashboard

urlpatterns = [
    path("", views.home, name="home"),
    path("f/<str:token>", files.file, name="file"),
    path("theme/", shell.choose_theme, name="theme"),
    path("language/", set_language, name="set_language"),
    path("t/<slug:slug>/", views.Overview.as_view(), name="team"),
    path("t/<slug:slug>/conversations/", include("channels_app.web.conversations.urls")),
    path("t/<slug:slug>/dashboard/", Dashboard.as_view(), name="dashboard"),
    path("t/<slug:slug>/bots/<uuid:pk>/", views.BotPage.as_view(), name="bot"),
]
