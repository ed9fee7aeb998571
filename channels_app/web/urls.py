"""The addresses of the web pages."""

from django.urls import path

from channels_app.web import files, views

urlpatterns = [
    path("", views.home, name="home"),
    path("f/<str:token>", files.file, name="file"),
    path("t/<slug:slug>/", views.TeamPage.as_view(), name="team"),
    path("t/<slug:slug>/bots/<uuid:pk>/", views.BotPage.as_view(), name="bot"),
]
