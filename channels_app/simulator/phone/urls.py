"""The addresses of one chat."""

from django.urls import path

from channels_app.simulator.phone import actions, views

urlpatterns = [
    path("", views.Chat.as_view(), name="phone_chat"),
    path("remove/", views.Remove.as_view(), name="phone_remove"),
    path("news/", views.News.as_view(), name="phone_news"),
    path("write/", actions.Write.as_view(), name="phone_write"),
    path("tap/", actions.Tap.as_view(), name="phone_tap"),
    path("react/", actions.React.as_view(), name="phone_react"),
    path("number/", actions.ShareNumber.as_view(), name="phone_number"),
    path("read/", actions.Read.as_view(), name="phone_read"),
    path("listen/", actions.Listen.as_view(), name="phone_listen"),
    path("place/", actions.SendPlace.as_view(), name="phone_place"),
    path("card/", actions.SendCard.as_view(), name="phone_card"),
    path("file/", actions.SendFile.as_view(), name="phone_file"),
    path("file/<int:message>/", actions.FileView.as_view(), name="phone_file_of"),
]
